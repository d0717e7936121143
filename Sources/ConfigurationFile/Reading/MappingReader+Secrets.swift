import BoxClient

extension MappingReader {
  /// A secret that stands under `key`, or in the file that `key` with `_file` behind it names. No message shows it.
  func secret(_ key: String, _ form: Form<String>, where isSecret: ((String) -> Bool)? = nil) -> Secret? {
    let plain = self[key]
    guard let file = self[key + "_file"] else { return plain?.secret(form, where: isSecret) }
    guard plain == nil else {
      file.fail("\(key) and \(key)_file exclude each other; keep one")
      return nil
    }
    return file.secretFromFile(form)
  }

  /// The same, where one of the two must be there.
  ///
  /// - Parameter isSecret: whether a text that is written out is one; nil for every text.
  func requiredSecret(
    _ key: String, _ form: Form<String>, where isSecret: ((String) -> Bool)? = nil
  ) -> Secret? {
    let secret = secret(key, form, where: isSecret)
    if !hasSecret(key) { field.fail("\(key) is missing: \(form.expected), or \(key)_file with a file's path") }
    return secret
  }

  func hasSecret(_ key: String) -> Bool { has(key) || has(key + "_file") }
}

extension Field {
  func secret(_ form: Form<String>, where isSecret: ((String) -> Bool)? = nil) -> Secret? {
    guard let expansion = expansion(form.expected) else { return nil }
    if !expansion.usesEnvironment && isSecret?(expansion.text) != false { context.noteLiteralSecret(node.mark) }
    return checked(expansion.text, form)
  }

  func secretFromFile(_ form: Form<String>) -> Secret? {
    guard let path = resolvedPath() else { return nil }
    do {
      let content = try FileContent(path, limit: 64 << 10)
      guard let text = content.text else {
        fail("\(Quoted.of(path)) is not valid UTF-8")
        return nil
      }
      if content.isReadableByOthers {
        warn("every user of this machine can read \(Quoted.of(path)); mend it with chmod o-r")
      }
      return checked(Self.withoutLineBreak(text), form)
    } catch {
      let problem = "\(Quoted.of(path)) \(error.problem)"
      if error.isMissing { failMissing(problem) } else { fail(problem) }
      return nil
    }
  }

  private func checked(_ text: String, _ form: Form<String>) -> Secret? {
    if let text = form.read(text) { return Secret(text) }
    fail("expected \(form.expected); what came is not shown")
    return nil
  }

  /// Editors and `echo` end a file with a line break, which is no part of the secret.
  private static func withoutLineBreak(_ text: String) -> String {
    // "\r\n" is one character.
    text.last == "\n" || text.last == "\r\n" ? String(text.dropLast()) : text
  }
}
