import Hummingbird

extension Answer {
  /// Box's error body (PROTOCOL.md §5, ClientError).
  /// - Parameter requestId: `request_id`; the header `box-request-id` carries another one.
  static func clientError(
    _ status: HTTPResponse.Status, code: String, message: String, requestId: String
  ) -> Answer {
    var writer = JSONWriter()
    writer.raw(#"{"type":"error","status":"#)
    writer.number(status.code)
    writer.raw(#","code":"#)
    writer.string(code)
    writer.raw(#","context_info":null,"help_url":"#)
    writer.string("https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors/")
    writer.raw(#","message":"#)
    writer.string(message)
    writer.raw(#","request_id":"#)
    writer.string(requestId)
    writer.raw("}")
    return .json(writer.bytes, status: status)
  }

  /// 401 with an empty body: the reason stands in the header (PROTOCOL.md §5).
  static var unauthorized: Answer {
    var answer = Answer(status: .unauthorized)
    answer.headers[.wwwAuthenticate] =
      #"Bearer realm="Service", error="invalid_token", error_description="The access token provided is invalid.""#
    return answer
  }

  /// 403 with an empty body, in the same way.
  static var forbidden: Answer {
    var answer = Answer(status: .forbidden)
    answer.headers[.wwwAuthenticate] =
      #"Bearer realm="Service", error="insufficient_scope", error_description="The request requires higher privileges.""#
    return answer
  }

  /// The token endpoint's kind of error (RFC 6749 §5.2).
  static func oauthError(_ error: String, _ description: String) -> Answer {
    var writer = JSONWriter()
    writer.raw(#"{"error":"#)
    writer.string(error)
    writer.raw(#","error_description":"#)
    writer.string(description)
    writer.raw("}")
    return .json(writer.bytes, status: .badRequest)
  }

  /// A control request that cannot be carried out.
  static func controlError(_ message: String) -> Answer {
    var writer = JSONWriter()
    writer.raw(#"{"error":"#)
    writer.string(message)
    writer.raw("}")
    return .json(writer.bytes, status: .badRequest)
  }
}
