import BoxClient

extension BoxwatchConfiguration {
  /// `name: text`, `name_file: path`, or `name: { value | value_file, hosts }` for a secret that only some hosts get.
  mutating func readSecrets(_ top: MappingReader) {
    for (key, field) in top.mapping("secrets", "a mapping of secrets by name")?.entries("a secret") ?? [] {
      let isFile = key.hasSuffix("_file") && key != "_file"
      let name = isFile ? String(key.dropLast("_file".count)) : key
      if secrets.contains(where: { $0.name == name }) {
        field.fail("\(name) and \(name)_file exclude each other; keep one")
      } else if isFile {
        if let value = field.secretFromFile(.anySecret) { secrets.append(NamedSecret(name: name, value: value)) }
      } else if field.isMapping {
        bind(name, field)
      } else if let value = field.secret(.anySecret) {
        secrets.append(NamedSecret(name: name, value: value))
      }
    }
  }

  private mutating func bind(_ name: String, _ field: Field) {
    guard let map = MappingReader(field, "the keys value and hosts") else { return }
    let value = map.requiredSecret("value", .anySecret)
    let hosts = map.requiredItems("hosts", "hosts")?.distinctList(.host, "hosts")
    map.finish()
    if let value, let hosts { secrets.append(NamedSecret(name: name, value: value, hosts: hosts)) }
  }
}
