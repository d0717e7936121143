/// Names that files and folders get.
enum ItemNames {
  static let folders = [
    "Invoices", "Contracts", "Projects", "Marketing", "Engineering", "Human Resources", "Legal", "Board", "Customers",
    "Press", "Photos", "Archive", "Budget 2026", "Roadmap", "Søknader", "Präsentationen", "Équipe", "資料", "Отчёты",
    "Design", "Research", "Onboarding", "Suppliers", "Audit", "Campaigns", "Minutes", "Templates", "Payroll",
  ]

  private static let subjects = [
    "invoice", "contract", "minutes", "budget", "roadmap", "proposal", "summary", "forecast", "report", "offer",
    "sketch", "photo", "notes", "plan", "review", "résumé", "Übersicht", "présentation", "議事録", "отчёт", "Σχέδιο",
    "order confirmation", "travel expenses", "wire frames", "security audit",
  ]

  private static let extensions = [
    "pdf", "pdf", "pdf", "docx", "docx", "xlsx", "xlsx", "pptx", "jpg", "png", "txt", "csv", "zip", "mp4", "boxnote",
    "key", "psd", "md",
  ]

  private static let programs = ["setup", "update", "viewer", "invoice.pdf", "codec", "remote-support"]

  static func file(_ random: inout RandomSource) -> String {
    let subject = random.pick(subjects)
    let ending = random.pick(extensions)
    switch random.below(6) {
    case 0: return "\(subject) \(random.within(2019...2026))-\(twoDigits(random.within(1...12))).\(ending)"
    case 1: return "\(subject) (\(random.within(1...9))).\(ending)"
    case 2: return "\(subject)_final_v\(random.within(2...12)).\(ending)"
    case 3: return "\(subject) \(random.within(1000...9999)).\(ending)"
    case 4: return random.chance(0.1) ? "\(subject) 🚀.\(ending)" : "Q\(random.within(1...4)) \(subject).\(ending)"
    default: return "\(subject).\(ending)"
    }
  }

  static func program(_ random: inout RandomSource) -> String {
    random.pick(programs) + (random.chance(0.8) ? ".exe" : ".scr")
  }

  /// Another name with the same extension.
  static func renamed(_ name: String, _ random: inout RandomSource) -> String {
    let fresh = file(&random)
    guard let dot = name.lastIndex(of: "."), let freshDot = fresh.lastIndex(of: ".") else { return fresh }
    let renamed = String(fresh[..<freshDot] + name[dot...])
    return renamed == name ? "new \(name)" : renamed
  }

  private static func twoDigits(_ value: Int) -> String {
    value < 10 ? "0\(value)" : String(value)
  }
}
