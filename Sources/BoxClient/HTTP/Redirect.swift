/// Where a redirect leads.
enum Redirect {
  /// The absolute URL for a `Location`. Another host is followed over https only; the same one never from https to
  /// http. Throws ``NetworkFault`` where the redirect is refused.
  static func target(_ location: String, from url: String) throws -> String {
    guard let origin = Origin(url) else { throw NetworkFault(.invalidURL, "the URL cannot be used") }
    let target: String
    if location.hasPrefix("//") {
      target = origin.scheme + ":" + location
    } else if location.hasPrefix("/") {
      // Whatever stands behind it: a query may hold a URL of its own.
      target = origin.description + location
    } else if location.contains("://") {
      target = location
    } else {
      throw NetworkFault(.redirectRefused, "the server redirects to a relative place, which is not followed")
    }
    guard let place = Origin(target) else {
      throw NetworkFault(.redirectRefused, "the server redirects to what is no http or https URL")
    }
    let allowed =
      place.host == origin.host ? place.scheme == "https" || origin.scheme == "http" : place.scheme == "https"
    guard allowed else {
      throw NetworkFault(.redirectRefused, "the server redirects to \(place), which is not followed without https")
    }
    return target
  }
}
