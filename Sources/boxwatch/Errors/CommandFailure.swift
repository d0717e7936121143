/// An error that already has its words: what was wrong and where, and what to do about it.
struct CommandFailure: Error {
  let status: ExitStatus
  let problem: String
  let advice: String?

  init(_ status: ExitStatus, _ problem: String, advice: String? = nil) {
    self.status = status
    self.problem = problem
    self.advice = advice
  }
}
