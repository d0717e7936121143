import BoxClient

/// `box.time.format` with a pattern: the letters of `os.date` that need no locale, in UTC.
enum TimeFormat {
  static func text(_ time: Timestamp, _ pattern: String) throws -> String {
    let days = time.seconds.floored(by: Int64(86_400))
    let date = CivilDate(daysSince1970: days)
    let clock = Int(time.seconds - days * 86_400)
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    var text = ""
    var rest = pattern[...]
    while let character = rest.popFirst() {
      guard character == "%" else {
        text.append(character)
        continue
      }
      let letter = rest.popFirst()
      switch letter {
      case "Y": text += String(repeating: "0", count: max(0, 4 - String(date.year).count)) + String(date.year)
      case "y": text += two(date.year % 100)
      case "m": text += two(date.month)
      case "d": text += two(date.day)
      case "H": text += two(clock / 3600)
      case "M": text += two(clock / 60 % 60)
      case "S": text += two(clock % 60)
      case "F": text += try Self.text(time, "%Y-%m-%d")
      case "T", "X": text += try Self.text(time, "%H:%M:%S")
      case "j":
        let day = String(Int(days - CivilDate(year: date.year, month: 1, day: 1).daysSince1970) + 1)
        text += String(repeating: "0", count: 3 - day.count) + day
      case "a", "A":
        let names = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
        let name = names[CivilDate.weekday(daysSince1970: days)]
        text += letter == "a" ? String(name.prefix(3)) : name
      case "b", "B":
        let names = [
          "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December",
        ]
        text += letter == "b" ? String(names[date.month - 1].prefix(3)) : names[date.month - 1]
      case "s": text += String(time.seconds)
      case "Z": text += "UTC"
      case "z": text += "+0000"
      case "%": text += "%"
      default:
        throw Arguments.Mistake(
          "box.time.format: \"%\(letter.map(String.init) ?? "")\" is no conversion; %Y %m %d %H %M %S %F %T %j %a %A %b %B %s %z %Z are"
        )
      }
    }
    return text
  }
}
