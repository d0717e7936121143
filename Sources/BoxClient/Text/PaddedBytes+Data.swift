#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension PaddedBytes {
  /// A copy, for small answers that a `JSONDecoder` reads. Never on an event's way.
  var data: Data { withUnsafeBytes { Data($0) } }
}
