import BoxClient

/// An alert as a Slack message, for an incoming webhook.
///
/// All text stands in `plain_text` objects, which know no formatting, with the characters escaped that Slack reads in
/// every text: no name of a file can mention anybody or make a link.
public struct SlackForm: AlertForm {
  private let url: Secret

  public init(url: Secret) {
    self.url = url
  }

  public func request(for alert: Alert, key: String, now: Int64) -> GuardedRequest {
    let message: JSONValue = [
      // What a notification shows; the blocks stand in its place elsewhere.
      "text": .string(Self.escaped(alert.headline.cut(to: 300))),
      "mrkdwn": false, "link_names": false, "parse": "none", "unfurl_links": false, "unfurl_media": false,
      "blocks": .array(Self.blocks(alert)),
    ]
    return .posting(Array(message.text.utf8), to: url.revealed, key: key)
  }

  // The limits are Slack's, for the text as it is written in JSON, so it is cut well below them: an escaped character
  // takes up to five.
  private static func blocks(_ alert: Alert) -> [JSONValue] {
    var blocks: [JSONValue] = [["type": "section", "text": plain(alert.headline, limit: 600)]]
    if !alert.body.isEmpty { blocks.append(["type": "section", "text": plain(alert.body, limit: 600)]) }
    let facts = alert.facts.prefix(40)
    for start in stride(from: 0, to: facts.count, by: 10) {
      let fields = facts[start..<min(start + 10, facts.count)].map { fact in
        plain("\(fact.name.cut(to: 80)): \(fact.value)", limit: 400)
      }
      blocks.append(["type": "section", "fields": .array(Array(fields))])
    }
    return blocks
  }

  private static func plain(_ text: String, limit: Int) -> JSONValue {
    // Slack refuses an empty text.
    let shown = text.allSatisfy(\.isWhitespace) ? "-" : text.cut(to: limit)
    return ["type": "plain_text", "text": .string(escaped(shown)), "emoji": false]
  }

  /// Slack's documentation, "Formatting text for app surfaces": these three, and no others.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
