import NIOHTTP1
import Testing

@testable import BoxClient

@Suite("Box's refusal")
struct BoxAPIErrorTests {
  private func refusal(_ status: Int, _ body: String = "", _ headers: HTTPHeaders = [:]) -> BoxAPIError {
    BoxAPIError(HTTPAnswer(status: status, headers: headers, body: bytes(body)), to: "GET /2.0/events")
  }

  @Test("Box's own error body is told with code, message and request")
  func clientError() {
    let error = refusal(
      400,
      #"{"type":"error","status":400,"code":"bad_request","context_info":{"errors":[]},"help_url":"https://x","#
        + #""message":"Invalid stream position","request_id":"k3j2h1"}"#,
      ["box-request-id": "0header"])
    #expect(error.status == 400)
    #expect(error.code == "bad_request")
    #expect(error.message == "Invalid stream position")
    #expect(error.requestID == "k3j2h1")
    #expect(
      error.description
        == "GET /2.0/events: Box answered 400, bad_request: Invalid stream position (request k3j2h1)")
  }

  @Test("The token endpoint's error body is told too")
  func oauthError() {
    let error = refusal(400, #"{"error":"invalid_grant","error_description":"Grant credentials are invalid"}"#)
    #expect(error.code == "invalid_grant")
    #expect(error.description == "GET /2.0/events: Box answered 400, invalid_grant: Grant credentials are invalid")
  }

  @Test("Where the body is empty, WWW-Authenticate says why")
  func challenge() {
    let error = refusal(
      403, "",
      [
        "WWW-Authenticate":
          #"Bearer realm="Service", error="insufficient_scope", error_description="The request requires more.""#,
        "Box-Request-Id": "0a1b",
      ])
    #expect(error.code == nil && error.message == nil)
    #expect(error.challenge == .init(error: "insufficient_scope", description: "The request requires more."))
    #expect(error.reason == "insufficient_scope: The request requires more.")
    #expect(
      error.description
        == "GET /2.0/events: Box answered 403, insufficient_scope: The request requires more. (request 0a1b)")
  }

  @Test(
    "A body that says nothing leaves the status",
    arguments: [
      "", "<html><body>502 Bad Gateway</body></html>", "null", "[]", "{}", "{\"code\":", "17", "\"text\"",
      #"{"code":null,"message":{"text":"x"}}"#, "\u{FEFF}",
    ])
  func silentBodies(body: String) {
    let error = refusal(502, body)
    #expect(error.reason == nil)
    #expect(error.description == "GET /2.0/events: Box answered 502")
  }

  @Test("A member of an unexpected type costs itself, not the others")
  func oddMembers() {
    let error = refusal(429, #"{"code":["x"],"message":"Too much","request_id":17,"status":"429"}"#)
    #expect(error.code == nil)
    #expect(error.message == "Too much")
    #expect(error.requestID == nil)
    #expect(error.reason == "Too much")
  }

  @Test("How long Box asks to wait stands in the error")
  func retryAfter() {
    #expect(refusal(429, "", ["retry-after": "90"]).retryAfter == .seconds(90))
    #expect(refusal(429).retryAfter == nil)
  }

  @Test("What a server writes cannot write to the terminal through the error")
  func hostile() {
    let error = refusal(
      400, #"{"code":"\u001b[2Jx","message":"a\nb\u202ec","request_id":"\u009b1"}"#)
    #expect(
      error.description
        == #"GET /2.0/events: Box answered 400, \u001b[2Jx: a\nb\u202ec (request \u009b1)"#)
    let long = refusal(400, #"{"message":"\#(String(repeating: "y", count: 100_000))"}"#)
    #expect(long.description.count < 500)
  }

  @Test(
    "The parameters of WWW-Authenticate are read",
    arguments: [
      (
        #"Bearer realm="Service", error="invalid_token", error_description="The access token provided is invalid.""#,
        "invalid_token", "The access token provided is invalid."
      ),
      (#"Bearer error="invalid_token""#, "invalid_token", nil),
      ("Bearer error=invalid_token, realm=x", "invalid_token", nil),
      (#"Bearer error_description="only words""#, nil, "only words"),
      (#"Bearer error_uri="https://x/?error=no", error="yes""#, "yes", nil),
      (#"Bearer x_error="no",error="yes",error_description="a, b""#, "yes", "a, b"),
      (#"Bearer error="", error_description="""#, "", ""),
      (#"Bearer error="unclosed"#, "unclosed", nil),
    ] as [(String, String?, String?)])
  func challengeParameters(header: String, error: String?, description: String?) throws {
    let challenge = try #require(BoxAPIError.Challenge(header: header))
    #expect(challenge.error == error)
    #expect(challenge.description == description)
  }

  @Test(
    "A challenge that names no error says nothing", arguments: ["", "Bearer", #"Bearer realm="Service""#, "Basic x=y"])
  func noChallenge(header: String) {
    #expect(BoxAPIError.Challenge(header: header) == nil)
  }
}
