import NIOHTTP1

/// What a browser is shown that comes to the redirect listener. Holds nothing of what it came with.
enum RedirectPage {
  /// It brought the answer.
  case answered
  /// It came to the redirect URI without the `state` of the sign-in that is waited for.
  case stray
  /// It wanted something else, such as an icon.
  case nothing

  var status: HTTPResponseStatus {
    switch self {
    case .answered: .ok
    case .stray: .badRequest
    case .nothing: .notFound
    }
  }

  var html: String {
    "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>boxwatch</title></head>"
      + "<body><p>\(text)</p></body></html>\n"
  }

  private var text: String {
    switch self {
    case .answered: "boxwatch has the answer and goes on in the terminal. You can close this page."
    case .stray:
      "This is not the answer that boxwatch waits for: its state is missing, or belongs to another sign-in. "
        + "Nothing is stored, and boxwatch still waits. Open the URL that it printed last."
    case .nothing: "Nothing is here."
    }
  }
}
