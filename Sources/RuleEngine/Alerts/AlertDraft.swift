/// An alert before it is known whether it is sent.
struct AlertDraft {
  var title: String
  var severity: AlertRecord.Severity
  var body = ""
  /// JSON text; empty for none.
  var context = ""
  /// The sinks' names; empty for the default ones.
  var sinks: [String] = []
  var dedupKey: String?
  var dedup: Duration

  init(title: String, severity: AlertRecord.Severity, dedup: Duration) {
    self.title = title
    self.severity = severity
    self.dedup = dedup
  }
}
