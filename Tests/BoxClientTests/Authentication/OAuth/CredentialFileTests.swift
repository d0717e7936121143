import Foundation
import Testing

@testable import BoxClient

extension StoredCredentials {
  static func example(_ refreshToken: String = "RT1", accessToken: String = "AT1", endsAt: Int64? = nil) -> Self {
    StoredCredentials(
      clientID: "client-1", clientSecret: Secret("s3cret-of-app"), apiURL: "https://api.box.com",
      accessToken: Secret(accessToken), accessTokenEndsAt: endsAt, refreshToken: Secret(refreshToken))
  }
}

@Suite("The file of stored credentials")
struct CredentialFileTests {
  @Test("What is stored is read again, account by account, from a file for its owner alone")
  func storing() throws {
    let scratch = try Scratch()
    let file = CredentialFile(directory: scratch.path + "/")
    #expect(try file.credentials(of: "a") == nil)
    try file.store(.example("RT1", endsAt: 7), for: "a")
    try file.store(.example("RT2"), for: "b")
    try file.store(.example("RT3"), for: "a")
    #expect(try file.credentials(of: "a") == .example("RT3"))
    #expect(try file.credentials(of: "b") == .example("RT2"))
    #expect(try file.accounts() == ["a", "b"])
    #expect(try scratch.mode("credentials.json") == 0o600)
    #expect(!scratch.exists("credentials.json.new"))
    #expect(!"\(StoredCredentials.example())".contains("RT1"))
    #expect(!"\(StoredCredentials.example())".contains("s3cret"))
  }

  @Test("A file that others may read, and a link, are refused", arguments: [0o644, 0o640, 0o604])
  func exposed(mode: Int) throws {
    let scratch = try Scratch()
    let file = CredentialFile(directory: scratch.path)
    try file.store(.example(), for: "a")
    let text = try scratch.read("credentials.json")
    try scratch.write("credentials.json", text, mode: mode)
    let error = #expect(throws: CredentialFileError.self) { _ = try file.credentials(of: "a") }
    #expect(error?.kind == .exposed)
    #expect(error?.advice.contains("chmod 600") == true)
    #expect(throws: CredentialFileError.self) { try file.store(.example("RT2"), for: "a") }
    #expect(try scratch.read("credentials.json") == text)
  }

  @Test(
    "What is no file of credentials, or a later one, is told and left as it was",
    arguments: [
      ("", CredentialFileError.Kind.damaged), ("nonsense", .damaged), (#"{"version":1}"#, .damaged),
      (#"{"version":1,"accounts":{"a":{"client_id":"RT-in-text"}}}"#, .damaged), (#"{"version":2}"#, .newer),
    ])
  func damaged(text: String, kind: CredentialFileError.Kind) throws {
    let scratch = try Scratch()
    try scratch.write("credentials.json", text)
    let file = CredentialFile(directory: scratch.path)
    let error = #expect(throws: CredentialFileError.self) { try file.store(.example(), for: "a") }
    #expect(error?.kind == kind)
    #expect(error?.description.contains("RT-in-text") == false)
    #expect(try scratch.read("credentials.json") == text)
  }

  @Test("What a killed process left whole is finished, what it left half is dropped")
  func leftBehind() throws {
    let scratch = try Scratch()
    let file = CredentialFile(directory: scratch.path)
    try file.store(.example("RT2"), for: "a")
    let whole = try scratch.read("credentials.json")
    try file.store(.example("RT1"), for: "a")
    try scratch.write("credentials.json.new", String(whole.dropLast(5)))
    try file.recover()
    #expect(try file.credentials(of: "a") == .example("RT1"))
    #expect(!scratch.exists("credentials.json.new"))
    try scratch.write("credentials.json.new", whole)
    try file.recover()
    #expect(try file.credentials(of: "a") == .example("RT2"))
    #expect(!scratch.exists("credentials.json.new"))
  }

  @Test("A directory that takes no file is told before anything is asked for")
  func probing() throws {
    let scratch = try Scratch()
    let missing = CredentialFile(directory: scratch.file("missing"))
    let error = #expect(throws: CredentialFileError.self) { try missing.probe() }
    #expect(error?.kind == .cannotWrite)
    try CredentialFile(directory: scratch.path).probe()
    #expect(!scratch.exists("credentials.json.trial"))
  }
}
