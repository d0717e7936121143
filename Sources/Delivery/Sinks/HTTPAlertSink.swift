import BoxClient

/// Sends alerts to a service over HTTP, in the service's own form.
public struct HTTPAlertSink: DeliverySink {
  private let form: any AlertForm
  private let client: GuardedHTTPClient

  public init(form: any AlertForm, client: GuardedHTTPClient) {
    self.form = form
    self.client = client
  }

  public func deliver(_ items: [OutboxItem]) async -> SinkAnswer {
    var answer = SinkAnswer([])
    for item in items { answer.results.append(await deliver(item)) }
    return answer
  }

  private func deliver(_ item: OutboxItem) async -> DeliveryResult {
    guard case .alert(let json) = item.payload else { return .failedForGood("this is no alert") }
    do {
      let request = try form.request(for: Alert(json: json), key: item.key, now: WallClock.now.seconds)
      return await client.deliver(request)
    } catch {
      return .failedForGood("\(error)")
    }
  }
}

/// Posts what rules give `box.webhook`, each to a URL of its own.
public struct WebhookSink: DeliverySink {
  private let client: GuardedHTTPClient
  private let secrets: [String: BoundSecret]

  /// - Parameter secrets: those that rules may give as a URL.
  public init(client: GuardedHTTPClient, secrets: [String: BoundSecret] = [:]) {
    self.client = client
    self.secrets = secrets
  }

  public func deliver(_ items: [OutboxItem]) async -> SinkAnswer {
    var answer = SinkAnswer([])
    for item in items { answer.results.append(await deliver(item)) }
    return answer
  }

  private func deliver(_ item: OutboxItem) async -> DeliveryResult {
    guard case .webhook(let url, let body) = item.payload else { return .failedForGood("this is no webhook") }
    do throws(GuardedHTTPError) {
      return await client.deliver(.posting(body, to: try SecretURL.resolve(url, in: secrets), key: item.key))
    } catch {
      return .failedForGood("\(error)")
    }
  }
}

extension GuardedHTTPClient {
  /// Sends a request whose answer is only whether it was taken.
  func deliver(_ request: GuardedRequest) async -> DeliveryResult {
    do {
      let answer = try await send(request)
      if (200..<300).contains(answer.status) { return .delivered }
      let place = Origin(request.url)?.description ?? "the server"
      let said = PrintableLine.of(String(decoding: answer.body.prefix(200), as: UTF8.self))
      let message = "\(place) answered \(answer.status)" + (said.isEmpty ? "" : ": \(said)")
      // Too early, too many, too slow, or the server's own trouble.
      guard [408, 425, 429].contains(answer.status) || answer.status >= 500 else { return .failedForGood(message) }
      return .failedForNow(DeliveryFailure(message, retryAfter: answer.retryAfter))
    } catch {
      if error.kind == .cancelled { return .cancelled }
      return error.passes ? .failedForNow(DeliveryFailure("\(error)")) : .failedForGood("\(error)")
    }
  }
}
