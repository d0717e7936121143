import BoxClient

/// What a person's browser does.
enum Browser {
  /// Opens a page and follows where it sends.
  /// - Parameter change: of the URL that the page sends to.
  /// - Returns: the status of the last page.
  static func open(_ url: String, change: (String) -> String = { $0 }) async throws -> Int {
    try await withTransport { transport in
      let page = try await transport.send(HTTPCall(.GET, url))
      guard let location = page.headers.first(name: "location") else { return page.status }
      return try await transport.send(HTTPCall(.GET, change(location))).status
    }
  }

  /// Where a page sends the browser.
  static func location(_ url: String) async throws -> String? {
    try await withTransport { try await $0.send(HTTPCall(.GET, url)).headers.first(name: "location") }
  }

  private static func withTransport<Result>(_ body: (PooledTransport) async throws -> Result) async throws -> Result {
    let transport = PooledTransport()
    do {
      let result = try await body(transport)
      try await transport.shutdown()
      return result
    } catch {
      try await transport.shutdown()
      throw error
    }
  }
}
