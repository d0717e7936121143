import BoxClient
import Ledger
import Logging

/// One sign-in from the URL to the stored tokens. Shows no code, no token and no secret.
struct SignIn: Sendable {
  let settings: LoginSettings
  let secret: Secret
  let directory: StateDirectory
  let noBrowser: Bool
  let input: InputLines

  /// From the URL to the stored tokens. Ctrl-C ends it.
  func run() async throws {
    let request = AuthorizationRequest(
      clientID: settings.clientID, redirectURI: settings.redirectURI, page: settings.page)
    ClearTextWarning.warn(of: settings.apiURL)
    // A file that cannot be used must be told before a code is spent on it.
    _ = try CredentialFile(directory: directory.path).credentials(of: settings.account)
    // A signal that is to cancel a task does not wake it from reading a terminal: pasting is before.
    let pasted = try noBrowser ? pastedCode(request) : nil
    try await Signals.ending(interruptedIsDone: false) {
      let code =
        if let pasted { pasted } else { try await listenedCode(request) }
      try await store(code)
    }
  }

  private func listenedCode(_ request: AuthorizationRequest) async throws -> Secret {
    let listener = try await RedirectListener.listen(for: request) {
      StandardError.warn(
        "a request came to the redirect URI that is no answer of Box's; it is of no effect, and boxwatch still waits. "
          + "Open the URL above.")
    }
    do {
      try show(request, then: "Waiting for the browser on \(settings.redirectURI) (Ctrl-C ends it).")
      let code = try request.code(in: try await listener.answer())
      await listener.close()
      return code
    } catch {
      await listener.close()
      throw error
    }
  }

  private func pastedCode(_ request: AuthorizationRequest) throws -> Secret {
    try show(
      request,
      then:
        "The browser ends up on a page that begins with \(settings.redirectURI); it need not load. A code lives for "
        + "30 seconds.")
    var last = SignInError.noCode
    while let answer = input.line(prompt: "Paste its whole URL: "), !answer.isEmpty {
      if request.isAnswered(by: answer) { return try request.code(in: answer) }
      // The wrong tab, or half of the address: the code of the right one may still be good.
      last = .wrongState
      StandardError.warn(
        "that URL's state is not this sign-in's. Paste all of the address, from the page that the URL above led to; an "
          + "empty line ends it.")
    }
    throw last
  }

  private func show(_ request: AuthorizationRequest, then next: String) throws {
    StandardError.write("Open this URL in a browser and grant access:\n\n  \(request.url)\n\n\(next)\n")
    // For a script that opens it; on a screen it would only stand there twice.
    guard !StandardOutput.isTerminal else { return }
    var output = StandardOutput()
    try output.write(request.url + "\n")
    try output.flush()
  }

  private func store(_ code: Secret) async throws {
    let transport = PooledTransport()
    do {
      try await store(code, try transport.through(settings.route))
      try? await transport.shutdown()
    } catch {
      try? await transport.shutdown()
      throw error
    }
  }

  private func store(_ code: Secret, _ transport: PooledTransport) async throws {
    let file = CredentialFile(directory: directory.path)
    let exchange = CodeExchange(
      clientID: settings.clientID, clientSecret: secret, apiURL: settings.apiURL, transport: transport)
    do {
      try await exchange.signIn(code, as: settings.account, in: file)
    } catch let refusal as BoxAPIError where refusal.code == "invalid_grant" {
      throw CommandFailure(
        .refused, "\(refusal)",
        advice: "A code lives for 30 seconds and is good for one use. Start boxwatch login again.")
    }
    let person = await person(file, transport)
    StandardError.write(
      "Signed in\(person) for the account \(settings.account). The tokens are in \(TerminalText.escaped(file.path)), and "
        + "are renewed as long as they are used at least every 60 days.\n")
  }

  /// Whose tokens they are, for the eye; silence where Box does not say.
  private func person(_ file: CredentialFile, _ transport: PooledTransport) async -> String {
    let budget = CallBudget(callsPerMinute: 0)
    let tokens = TokenKeeper(
      RefreshingTokens(
        account: settings.account, file: file, apiURL: settings.apiURL,
        endpoint: TokenEndpoint(apiURL: settings.apiURL, transport: transport, budget: budget)))
    guard
      let client = try? BoxClient(
        apiURL: settings.apiURL, tokens: tokens, transport: transport, budget: budget,
        // A courtesy is not worth a wait.
        limits: RetryLimits(attempts: 1), userAgent: "boxwatch/\(Version.text)"),
      let user = try? await client.currentUser()
    else { return "" }
    await tokens.settle()
    return TerminalText.escaped(" as \(user.login ?? user.name ?? user.id)")
  }
}
