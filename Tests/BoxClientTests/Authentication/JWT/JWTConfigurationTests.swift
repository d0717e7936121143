import Foundation
import Testing

@testable import BoxClient

@Suite("The developer console's file")
struct JWTConfigurationTests {
  @Test("It names the app, the key and the enterprise")
  func read() throws {
    let file = try JWTConfiguration(OpenSSL.configuration(OpenSSL.key.privatePEM), place: "f")
    #expect(file.clientID == "client-1")
    #expect(file.clientSecret == Secret("s3cret-of-app"))
    #expect(file.publicKeyID == "kid00001")
    #expect(file.enterpriseID == "1234567")
    #expect(file.algorithm == .rs256)
  }

  @Test(
    "What is missing is named, and what is secret is not shown", arguments: ["clientID", "clientSecret", "publicKeyID"])
  func missing(key: String) throws {
    let text = String(decoding: OpenSSL.configuration(OpenSSL.key.privatePEM), as: UTF8.self)
    let error = #expect(throws: JWTConfigurationError.self) {
      _ = try JWTConfiguration(Array(text.replacingOccurrences(of: "\"\(key)\"", with: "\"x\"").utf8), place: "f.json")
    }
    let description = try #require(error).description
    #expect(description.hasPrefix("f.json: boxAppSettings."))
    #expect(description.contains("\(key) is missing"))
    #expect(!description.contains("s3cret-of-app"))
    #expect(!description.contains("PRIVATE KEY"))
  }

  @Test(
    "What is no such file is told as that",
    arguments: ["", "[]", "{}", "nonsense s3cret", #"{"boxAppSettings":{"appAuth":7}}"#, #"{"boxAppSettings":null}"#])
  func nonsense(text: String) {
    let error = #expect(throws: JWTConfigurationError.self) { _ = try JWTConfiguration(Array(text.utf8), place: "f") }
    #expect(error?.advice.contains("Add and Manage Public Keys") == true)
    #expect(error?.description.contains("s3cret") == false)
  }

  @Test("A file that is not there is named")
  func noFile() {
    let error = #expect(throws: JWTConfigurationError.self) { _ = try JWTConfiguration(file: "/no/such.json") }
    #expect(error?.kind == .missing)
    #expect(error?.problem == "/no/such.json: the file does not exist")
    #expect(error?.advice.contains("BOX_CONFIG_FILE") == true)
  }

  @Test("An algorithm that Box does not take is refused")
  func algorithm() throws {
    let bytes = OpenSSL.configuration(OpenSSL.key.privatePEM, more: #","algorithm":"HS256""#)
    let error = #expect(throws: JWTConfigurationError.self) { _ = try JWTConfiguration(bytes, place: "f") }
    #expect(error?.problem.contains("HS256") == true)
  }
}
