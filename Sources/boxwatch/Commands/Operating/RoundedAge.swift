import BoxClient

extension Duration {
  /// ``roundedText``, and days where it has many hours.
  var roundedAge: String { self < .seconds(48 * 3600) ? roundedText : "\(Int(self / .seconds(86_400))) d" }
}
