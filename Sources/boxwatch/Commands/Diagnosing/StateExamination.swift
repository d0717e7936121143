import BoxClient
import Ledger
import Watcher

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The state directory: whether it can be used, and what is in it.
enum StateExamination {
  /// Less room than this is worth a word: a busy watcher writes some hundred megabytes a day.
  private static let leastRoom: UInt64 = 200 << 20

  static func findings(_ path: String) -> [Finding] {
    let directory: StateDirectory
    do {
      guard let found = try StateDirectory.find(path) else { return [missing(path)] }
      directory = found
    } catch {
      return [Finding("state", failed: error)]
    }
    guard access(path, R_OK | W_OK | X_OK) == 0 else {
      return [
        Finding(
          .failure, "state", "\(path) cannot be written by this user",
          advice: "Run boxwatch as the directory's owner, or name another directory with --state.", exit: .cannotCreate)
      ]
    }
    return [ledger(directory), room(path), credentials(directory)].compactMap(\.self)
  }

  private static func missing(_ path: String) -> Finding {
    var parent = path
    while parent.count > 1, parent.last == "/" { parent.removeLast() }
    repeat {
      let slash = parent.lastIndex(of: "/")
      parent = slash.map { $0 == parent.startIndex ? "/" : String(parent[..<$0]) } ?? "."
    } while !FileExists.at(parent)
    guard access(parent, W_OK | X_OK) == 0 else {
      return Finding(
        .failure, "state", "\(path) does not exist, and \(parent) cannot be written by this user",
        advice: "Make the directory with mode 700 for this user, or name another one with --state.", exit: .cannotCreate
      )
    }
    return Finding(.ok, "state", "\(path) does not exist yet; the first run makes it")
  }

  private static func ledger(_ directory: StateDirectory) -> Finding {
    do {
      guard let report = try StatusReport.stored(in: directory) else {
        return Finding(.ok, "state", "\(directory.path) can be written; no watcher has run there")
      }
      return Finding(.ok, "state", "\(directory.path) holds \(Count.text(report.streams.count, "stream"))")
    } catch {
      return Finding("state", failed: error)
    }
  }

  private static func room(_ path: String) -> Finding? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
    guard free < leastRoom else { return nil }
    return Finding(
      .warning, "disk", "\(path) has \(free >> 20) MiB left",
      advice: "Make room: a watcher that cannot store its position waits until it can.")
  }

  private static func credentials(_ directory: StateDirectory) -> Finding? {
    let file = CredentialFile(directory: directory.path)
    do {
      let accounts = try file.accounts()
      guard !accounts.isEmpty else { return nil }
      return Finding(.ok, "sign-ins", "\(file.path) holds \(accounts.joined(separator: ", "))")
    } catch {
      return Finding("sign-ins", failed: error)
    }
  }
}
