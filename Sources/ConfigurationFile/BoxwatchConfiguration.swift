/// What `boxwatch.yaml` says, with the defaults for what it leaves out.
///
/// ```swift
/// let configuration = try BoxwatchConfiguration.load("boxwatch.yaml") { getenv($0).map { String(cString: $0) } }
/// for warning in configuration.warnings { print(warning) }
/// ```
/// In every value `${NAME}` is the environment's variable, and `$${` a plain `${`. Each secret key has a twin with
/// `_file` behind it, the path of a file that holds the secret; one line break at its end is left away.
///
/// Paths are relative to the file's folder and already joined with it, a file sink's is relative to ``output``. The
/// defaults of ``output`` and ``state`` are relative to the current folder.
public struct BoxwatchConfiguration: Sendable, Hashable {
  /// In the file's order. Empty: one account, `default`, from the environment.
  public var accounts: [Account] = []
  /// In the file's order. Empty: one stream, `default`, from the command's options.
  public var streams: [Stream] = []
  /// In the file's order. Empty: the file names no rules.
  public var ruleSets: [RuleSet] = []
  /// Where alerts can go, in the file's order. `log` is always there, and `alerts` unless the file makes another sink
  /// of that name.
  public var sinks: [Sink] = Sink.builtIn
  /// The names of all sinks, of those too whose secret is not there where that is forgiven.
  public var sinkNames: Set<String> = Set(Sink.builtIn.map(\.name))
  public var alertRouting = AlertRouting()
  public var allow = Allow()
  public var budgets = Budgets()
  /// What `box.secret` reads.
  public var secrets: [NamedSecret] = []
  /// The folder that rules write to.
  public var output = "output"
  /// The state directory.
  public var state = ".boxwatch"
  public var durability = Durability.normal
  /// Where `/metrics`, `/healthz`, `/readyz` and the status page are served; nil for nowhere.
  public var metrics: ListenAddress?
  public var log = Log()
  /// What is allowed and yet probably not meant, such as a file of secrets that everybody can read.
  public var warnings: [ConfigurationProblem] = []

  /// What holds without a file.
  public init() {}
}
