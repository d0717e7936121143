import RuleEngine

/// What `boxwatch init` writes.
struct StarterProject {
  struct File {
    /// Below the project's folder.
    let name: String
    let text: String
  }

  /// The project's folder, from the root.
  let folder: String

  var files: [File] {
    [
      File(name: "boxwatch.yaml", text: StarterConfiguration.text),
      File(name: "boxwatch.service", text: StarterUnit.text(folder: folder)),
      File(name: ".gitignore", text: Self.ignored),
    ] + StarterRules.files + annotations
  }

  /// What a Lua language server needs to know the `box` module, and the same for a person.
  var annotations: [File] {
    [
      File(name: "types/box.lua", text: APIReference.annotations()),
      File(name: ".luarc.json", text: APIReference.languageServerSettings()),
      File(name: "REFERENCE.md", text: APIReference.markdown()),
    ]
  }

  private static let ignored = """
    # The watcher's memory, and what rules write.
    /.boxwatch/
    /.simulated/
    /output/
    # Secrets: the developer console's file, tokens, keys.
    *_config.json
    credentials.json
    *.key
    *.pem
    .env

    """
}
