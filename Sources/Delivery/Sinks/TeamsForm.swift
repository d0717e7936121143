import BoxClient

/// An alert as an Adaptive Card, for a Teams workflow that posts what its webhook receives.
///
/// All text stands in text runs, which know no Markdown, so that no name of a file makes a link; a mention needs an
/// entity that the card has not.
public struct TeamsForm: AlertForm {
  private let url: Secret

  public init(url: Secret) {
    self.url = url
  }

  public func request(for alert: Alert, key: String, now: Int64) -> GuardedRequest {
    let card: JSONValue = [
      "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
      "body": .array(Self.blocks(alert)),
    ]
    let message: JSONValue = [
      "type": "message",
      "attachments": [
        ["contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": .null, "content": card]
      ],
    ]
    return .posting(Array(message.text.utf8), to: url.revealed, key: key)
  }

  // Teams takes messages up to 28 KB; the numbers stay below it.
  private static func blocks(_ alert: Alert) -> [JSONValue] {
    var blocks = [
      paragraph([run(alert.headline.cut(to: 300), weight: "Bolder", size: "Large", color: color(alert.severity))])
    ]
    if !alert.body.isEmpty { blocks.append(paragraph([run(alert.body.cut(to: 1500))])) }
    for fact in alert.facts.prefix(20) {
      blocks.append(
        paragraph([run(fact.name.cut(to: 60) + ": ", weight: "Bolder"), run(fact.value.cut(to: 200))]))
    }
    return blocks
  }

  private static func paragraph(_ runs: [JSONValue]) -> JSONValue {
    ["type": "RichTextBlock", "inlines": .array(runs)]
  }

  private static func run(
    _ text: String, weight: JSONValue = "Default", size: JSONValue = "Default", color: JSONValue = "Default"
  ) -> JSONValue {
    ["type": "TextRun", "text": .string(text), "weight": weight, "size": size, "color": color]
  }

  private static func color(_ severity: Alert.Severity) -> JSONValue {
    switch severity {
    case .critical, .high: "Attention"
    case .medium: "Warning"
    case .low, .info: "Accent"
    }
  }
}
