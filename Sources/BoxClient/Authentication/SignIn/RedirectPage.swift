import NIOHTTP1

/// What a browser is shown that comes to the redirect listener. Holds nothing of what it came with.
enum RedirectPage {
  /// It brought the answer.
  case answered
  /// It brought an answer to another sign-in.
  case otherSignIn
  /// It came to the redirect URI without an answer.
  case stray
  /// It wanted something else, such as an icon.
  case nothing

  var status: HTTPResponseStatus {
    switch self {
    case .answered: .ok
    case .otherSignIn, .stray: .badRequest
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
    case .otherSignIn:
      "This answer belongs to another sign-in: its state is another one. Nothing is stored. Start boxwatch login again, "
        + "and open the URL that it prints then."
    case .stray:
      "This is not the answer that boxwatch waits for: it lacks the state, or a code. Nothing is stored, and boxwatch "
        + "still waits. Open the URL that it printed last."
    case .nothing: "Nothing is here."
    }
  }
}
