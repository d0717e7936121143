#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a real-time server answered (PROTOCOL.md, section 2 "Bodies").
public enum RealtimeMessage: Sendable, Equatable {
  /// Something happened: fetch.
  case newChange
  /// Nothing happened for a while: ask OPTIONS for a server.
  case reconnect
  /// Anything else, no body included. No source tells all of them; OPTIONS is right for each.
  case other(String)

  private struct Body: Decodable {
    var message: String?
  }

  /// The doorbell as Box writes it.
  private static let usual = Array(#"{"version":1,"message":"new_change"}"#.utf8)

  init(_ body: PaddedBytes) {
    // An event waits behind it: a decoder would cost it as much as its own page.
    if body.withUnsafeBytes({ $0.elementsEqual(Self.usual) }) {
      self = .newChange
      return
    }
    guard body.count < 65_536, let message = try? JSONDecoder().decode(Body.self, from: body.data).message else {
      self = .other(body.withUnsafeBytes { Excerpt.of($0) })
      return
    }
    switch message {
    case "new_change": self = .newChange
    case "reconnect": self = .reconnect
    default: self = .other(Excerpt.plain(message))
    }
  }
}
