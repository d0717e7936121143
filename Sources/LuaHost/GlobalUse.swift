import CBoxLua

/// What a script does with a global, or with a member of one.
public struct GlobalUse: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case read
    /// In the chunk itself, outside of its functions.
    case assignment
    case assignmentInFunction
    /// A member that is read, and neither called nor indexed on the spot.
    case memberRead
    /// A member that is called or indexed.
    case memberUse
  }

  /// The global, or the path of its member, such as `box.file.append`.
  public let name: String
  public let line: Int
  public let kind: Kind

  /// The globals and members of globals that a chunk reads, and the globals that it assigns, without running it.
  /// `require "box"` is the global `box`.
  ///
  /// - Throws: ``LuaFailure`` of kind `syntax`.
  public static func scan(_ text: [UInt8]) throws -> [GlobalUse] {
    var uses: [GlobalUse] = []
    let status = withUnsafeMutablePointer(to: &uses) { uses in
      text.withUnsafeBytes { bytes in
        bxl_scan_globals(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, uses) { context, use in
          context!.assumingMemoryBound(to: [GlobalUse].self).pointee.append(
            GlobalUse(name: String(cString: use.name), line: Int(use.line), kind: Kind(use.kind)))
        }
      }
    }
    guard status == BXL_OK else {
      throw LuaFailure(LuaFailure.Kind(status), uses.first?.name ?? "the script could not be read")
    }
    return uses
  }
}

extension GlobalUse.Kind {
  fileprivate init(_ kind: bxl_global_use_kind) {
    self =
      switch kind {
      case BXL_ASSIGNS: .assignment
      case BXL_ASSIGNS_INSIDE: .assignmentInFunction
      case BXL_READS_MEMBER: .memberRead
      case BXL_USES_MEMBER: .memberUse
      default: .read
      }
  }
}
