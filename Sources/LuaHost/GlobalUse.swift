import CBoxLua

/// A global that a script names.
public struct GlobalUse: Hashable, Sendable {
  public let name: String
  public let line: Int
  public let isAssignment: Bool

  /// The globals that a chunk reads and assigns, without running it.
  ///
  /// - Throws: ``LuaFailure`` of kind `syntax`.
  public static func scan(_ text: [UInt8], name: String) throws -> [GlobalUse] {
    var uses: [GlobalUse] = []
    let status = withUnsafeMutablePointer(to: &uses) { uses in
      text.withUnsafeBytes { bytes in
        bxl_scan_globals(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, name, uses) {
          context, use in
          context!.assumingMemoryBound(to: [GlobalUse].self).pointee.append(
            GlobalUse(name: String(cString: use.name), line: Int(use.line), isAssignment: use.is_assignment))
        }
      }
    }
    guard status == BXL_OK else {
      throw LuaFailure(LuaFailure.Kind(status), uses.first?.name ?? "the script could not be read")
    }
    return uses
  }
}
