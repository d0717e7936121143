import ArgumentParser

/// `boxwatch parked`: events and deliveries that were set aside.
struct ParkedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parked",
    abstract: "List, retry or drop events and deliveries that were set aside.",
    discussion: """
      An event is parked for a handler that failed on it, or when it is malformed: no JSON object, so that no handler \
      gets it. A delivery is parked when it is refused, or has failed for 24 hours. Nothing parked is lost until it is \
      dropped.

      EXAMPLES
        boxwatch parked list
        boxwatch parked list 12
            with the traceback
        boxwatch parked retry --rule exfiltration
        boxwatch parked drop 12 13
        boxwatch parked list --json | jq -r '.event // empty' > events.jsonl
            the events themselves, for boxwatch replay
      """,
    subcommands: [ParkedListCommand.self, ParkedRetryCommand.self, ParkedDropCommand.self],
    defaultSubcommand: ParkedListCommand.self)
}
