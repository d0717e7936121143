import Yams

extension BoxwatchConfiguration {
  /// Reads a file.
  /// - Parameters:
  ///   - path: from the current folder; the paths in the file are joined with its folder.
  ///   - forgivesMissing: whether variables that are not set and files of secrets that do not exist are warnings only,
  ///     and what they stand for is left out. In `rules` and `state` they are mistakes all the same.
  ///   - environment: answers nil for a variable that is not set.
  /// - Throws: all problems that were found, or that there is no such file.
  public static func load(
    _ path: String, forgivesMissing: Bool = false, environment: @escaping (String) -> String?
  ) throws(ConfigurationError) -> BoxwatchConfiguration {
    let content: FileContent
    do {
      content = try FileContent(path, limit: 1 << 20)
    } catch {
      let problem = ConfigurationProblem(file: path, line: 0, column: 0, message: error.problem)
      throw ConfigurationError(kind: error.isMissing ? .missingFile : .invalid, problems: [problem])
    }
    return try BoxwatchConfiguration(
      content, ReadingContext(file: path, forgivesMissing: forgivesMissing, environment: environment))
  }

  init(_ content: FileContent, _ context: ReadingContext) throws(ConfigurationError) {
    self.init()
    if let root = try YAMLDocument.compose(content.bytes, context) {
      read(Field(node: root, path: "", context: context))
    }
    if content.isReadableByOthers, let mark = context.literalSecret {
      context.warn(
        mark,
        "a secret stands here, and every user of this machine can read the file; "
          + "mend it with chmod o-r, or use ${NAME} or a _file key")
    }
    warnings = try context.finish()
  }

  private mutating func read(_ root: Field) {
    guard let top = MappingReader(root, "a mapping of keys such as accounts and streams") else { return }
    let accountNames = readAccounts(top)
    let ruleSetNames = root.context.forgivingNothing { readRules(top) }
    readStreams(top, accounts: accountNames, ruleSets: ruleSetNames)
    let sinkNames = readSinks(top)
    self.sinkNames = Set(sinkNames)
    readAlerts(top, sinks: sinkNames)
    readAllow(top)
    readBudgets(top)
    readSecrets(top)
    output = top["output"]?.resolvedPath() ?? output
    state = root.context.forgivingNothing { top["state"]?.resolvedPath() } ?? state
    durability = top.value("durability", .choice) ?? durability
    metrics = top.value("metrics", .listenAddress)
    readLog(top)
    top.finish()
  }
}
