/// The token of an `Authorization: Bearer …` header; nil where there is none.
func bearerToken(in header: String?) -> String? {
  guard let header, let space = header.firstIndex(of: " "), header[..<space].lowercased() == "bearer" else {
    return nil
  }
  let token = header[header.index(after: space)...].drop { $0 == " " }
  return token.isEmpty ? nil : String(token)
}
