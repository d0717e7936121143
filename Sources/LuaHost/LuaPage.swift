import CBoxLua

/// A page of events as scripts see it. Keeps its owner alive for as long as a script may reach one of its events.
public final class LuaPage: @unchecked Sendable {
  // Unchecked because of the pointer: the page behind it never changes (CEventPage.h), and its references are counted
  // atomically (bxl_page.c).
  let pointer: OpaquePointer

  /// - Parameters:
  ///   - page: a `cep_page`.
  ///   - owner: what keeps that page in memory.
  public init(_ page: OpaquePointer, owner: AnyObject) {
    let retained = Unmanaged.passRetained(owner).toOpaque()
    guard let made = bxl_page_make(page, retained, { Unmanaged<AnyObject>.fromOpaque($0!).release() }) else {
      preconditionFailure("out of memory: no page could be handed to the scripts")
    }
    pointer = made
  }

  deinit {
    bxl_page_release(pointer)
  }
}
