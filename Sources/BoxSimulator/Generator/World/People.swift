/// The people of the simulated enterprise and its partners. Domains and addresses are reserved for examples
/// (RFC 2606, RFC 5737, RFC 3849).
enum People {
  private static let staffNames = [
    "Ada Lindgren", "Bo Sørensen", "Chidi Okafor", "Dana Petrova", "Elena García", "Farid Haddad", "Grace Kim",
    "Håkon Berg", "Inés Álvarez", "Jun Watanabe", "Katarzyna Wójcik", "Lars Müller", "Mei Chen", "Noor van Dijk",
    "Oluwaseun Adeyemi", "Priya Natarajan", "Quentin Dubois", "Rosa Almeida", "Søren Krogh", "Tomás Ó Briain",
    "Uma Krishnan", "Vasiliki Παππά", "William O'Connor", "王小明",
  ]

  private static let partnerNames = [
    ("Amelia Hart", "partner.example"), ("Bruno Conti", "auditors.example"), ("Carla Jiménez", "agency.example"),
    ("Dmitri Volkov", "supplier.example"), ("Edith Moreau", "lawfirm.example"), ("Felix Brandt", "partner.example"),
  ]

  /// The administrator first, then the rest of the staff, then partners of other companies.
  static let all: [Person] = {
    let staff = staffNames.enumerated().map { index, name in
      Person(
        id: String(10_000_000_001 + index), name: name, login: login(name, index) + "@example.com",
        address: index % 7 == 3 ? "2001:db8:10::\(index + 16)" : "192.0.2.\(index + 10)")
    }
    let partners = partnerNames.enumerated().map { index, partner in
      Person(
        id: String(20_000_000_001 + index), name: partner.0, login: login(partner.0, index) + "@" + partner.1,
        address: "198.51.100.\(index + 20)", isExternal: true)
    }
    return staff + partners
  }()

  static let staffCount = staffNames.count

  /// Addresses from which nobody of the house usually comes.
  static func strangeAddress(_ random: inout RandomSource) -> String {
    "203.0.113.\(random.within(1...254))"
  }

  /// A login of ASCII letters; the number where a name has none.
  private static func login(_ name: String, _ index: Int) -> String {
    let letters = name.lowercased().map { character -> String in
      switch character {
      case "a"..."z" where character.isASCII: String(character)
      case " ": "."
      case "ø", "ó": "o"
      case "å", "á": "a"
      case "é": "e"
      case "í": "i"
      case "ü": "u"
      default: ""
      }
    }.joined()
    let trimmed = letters.hasSuffix(".") ? String(letters.dropLast()) : letters
    return trimmed.isEmpty ? "user\(index + 1)" : trimmed
  }
}
