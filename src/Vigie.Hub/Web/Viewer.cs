using System.Security.Claims;
using Vigie.Hub.Accounts;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Web;

/// <summary>Who looks at a page: language, theme, time zone, name.</summary>
sealed class Viewer
{
    public const string ThemeCookie = "vigie-theme", LanguageCookie = "vigie-lang", ZoneCookie = "vigie-zone";

    public Viewer(IHttpContextAccessor accessor, HubOptions options, TimeProvider time)
    {
        var request = accessor.HttpContext!.Request;
        string? chosen = request.Cookies[LanguageCookie];
        Texts = Texts.Of(chosen is "en" or "fr" ? chosen : Accepted(request) ?? options.Server.Language);
        Theme = request.Cookies[ThemeCookie] is "light" or "dark" ? request.Cookies[ThemeCookie]! : "auto";
        Zone = Zones.Of(request.Cookies[ZoneCookie] is { Length: > 0 } zone ? zone : options.Server.TimeZone);
        Now = time.GetUtcNow();
        var user = accessor.HttpContext.User;
        Name = user.Identity is { IsAuthenticated: true } ? user.FindFirst(ClaimTypes.Name)?.Value : null;
        IsPerson = Name is not null && user.FindFirst(Claims.Scope) is null;
    }

    public Texts Texts { get; }

    /// <summary>light, dark, or auto: as the system has it.</summary>
    public string Theme { get; }

    public TimeZoneInfo Zone { get; }

    public DateTimeOffset Now { get; }

    /// <summary>Null before the login.</summary>
    public string? Name { get; }

    public bool IsPerson { get; }

    public string Time(DateTimeOffset time) => Texts.DateTime(TimeZoneInfo.ConvertTime(time, Zone));

    public string Ago(DateTimeOffset time) => Texts.Format("{0} ago", Texts.Duration(Now - time));

    /// <summary>The first of the browser's languages that we speak.</summary>
    static string? Accepted(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(l => l.Quality ?? 1)
        .Select(l => l.Value.Value?.Split('-')[0].ToLowerInvariant())
        .FirstOrDefault(l => l is "en" or "fr");
}
