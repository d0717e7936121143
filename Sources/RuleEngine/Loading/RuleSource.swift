#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A rule file and what stands beside it.
public struct RuleSource: Sendable, Hashable {
  /// As it was named or found; messages show it.
  public let path: String
  /// The folder whose `lib/` `require` reads, and below which namespaces count.
  public let root: String
  /// The test files beside it that run in its state.
  public var testPaths: [String] = []

  /// The path below the root without `.lua`.
  public var namespace: String {
    var name = path
    if name.hasPrefix(root + "/") { name.removeFirst(root.utf8.count + 1) }
    if name.hasSuffix(".lua") { name.removeLast(4) }
    return name
  }

  /// The folder of the file.
  public var folder: String { Self.folder(of: path) }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The rule files of these files and folders, in the order of their names; `lib/` and `*_test.lua` aside.
  ///
  /// - Parameter withTests: also gives test files whose rule file is not there, as sources of their own.
  /// - Throws: ``RuleSourceError`` for a path that does not exist.
  public static func find(_ paths: [String], withTests: Bool = false) throws -> [RuleSource] {
    var sources: [RuleSource] = []
    var known = Set<String>()
    for given in paths {
      var path = given
      while path.utf8.count > 1 && path.hasSuffix("/") { path.removeLast() }
      guard let kind = FileSystem.kind(path) else {
        throw RuleSourceError(path: given, problem: "there is no such file or folder")
      }
      let root = kind == .folder ? path : folder(of: path)
      let files = kind == .folder ? try luaFiles(below: path, isRoot: true) : [path]
      let rules = files.filter { !isTest($0) }
      for file in rules where known.insert(file).inserted {
        let test = String(file.dropLast(4)) + "_test.lua"
        let hasTest = file.hasSuffix(".lua") && FileSystem.kind(test) == .file
        sources.append(RuleSource(path: file, root: root, testPaths: hasTest ? [test] : []))
      }
      guard withTests else { continue }
      for file in files where isTest(file) {
        let rule = String(file.dropLast("_test.lua".count)) + ".lua"
        if FileSystem.kind(rule) == .file {
          // A test file that was named alone stands for the rule file that it tests.
          if kind == .file, known.insert(rule).inserted {
            sources.append(RuleSource(path: rule, root: root, testPaths: [file]))
          }
        } else if known.insert(file).inserted {
          sources.append(RuleSource(path: file, root: root))
        }
      }
    }
    return sources
  }

  /// The folder of a rule file, or a folder of rules with all below it: what to look at for changes. Where it is not
  /// there, the nearest one above it, in which it will appear.
  public static func folders(below path: String) -> Set<String> {
    switch FileSystem.kind(path) {
    case .folder: break
    case .file:
      let folder = folder(of: path)
      return FileSystem.kind(folder + "/lib") == .folder ? [folder, folder + "/lib"] : [folder]
    case nil:
      var above = path
      repeat { above = folder(of: above) } while FileSystem.kind(above) != .folder && above != "." && above != "/"
      return [above]
    }
    var folders: Set = [path]
    for name in (try? FileSystem.names(in: path)) ?? [] where !name.hasPrefix(".") {
      let inner = path + "/" + name
      if FileSystem.kind(inner) == .folder { folders.formUnion(Self.folders(below: inner)) }
    }
    return folders
  }

  /// The folders in which the links of a path stand, and that of a file to which they lead: a link that leads elsewhere
  /// from now on, as a release does that takes another's place, changes the rules without a change in their folder.
  public static func foldersOfLinks(in path: String) -> Set<String> {
    var folders: Set<String> = []
    var links: Set<String> = []
    var paths = [path]
    // A link may lead through others, and in circles.
    while let one = paths.popLast(), links.count < 32 {
      var part = one
      while part.utf8.count > 1 && part.hasSuffix("/") { part.removeLast() }
      if one != path, FileSystem.kind(part) == .file { folders.insert(folder(of: part)) }
      while part != "." && part != "/" {
        let above = folder(of: part)
        if let target = FileSystem.target(ofLink: part), links.insert(part).inserted {
          folders.insert(above)
          paths.append(target.hasPrefix("/") ? target : above + "/" + target)
        }
        part = above
      }
    }
    return folders
  }

  private static func isTest(_ path: String) -> Bool { path.hasSuffix("_test.lua") }

  private static func luaFiles(below folder: String, isRoot: Bool) throws -> [String] {
    var files: [String] = []
    for name in try FileSystem.names(in: folder) where !name.hasPrefix(".") {
      let path = folder + "/" + name
      switch FileSystem.kind(path) {
      case .folder: if !(isRoot && name == "lib") { files += try luaFiles(below: path, isRoot: false) }
      case .file: if name.hasSuffix(".lua") { files.append(path) }
      case nil: continue
      }
    }
    return files
  }
}

/// A path of rules that cannot be used.
public struct RuleSourceError: Error, Sendable, CustomStringConvertible {
  public let path: String
  public let problem: String
  public var description: String { "\(path): \(problem)" }
}
