using Vigie.Hub.Advisories;

namespace Vigie.Tests.Support;

/// <summary>A few advisories, made up, in the shape of CERT-FR's.</summary>
static class SampleAdvisories
{
    const string RemoteCode = "Exécution de code arbitraire à distance", Denial = "Déni de service à distance",
        Leak = "Atteinte à la confidentialité des données";

    public static readonly IReadOnlyList<Advisory> All =
    [
        Of("ALE", 9, "Vulnérabilité dans ExempleMail", 17, null, RemoteCode, Leak),
        Of("ALE", 8, "Multiples vulnérabilités dans PareFeuExemple", 2, 14, RemoteCode),
        Of("AVI", 1212, "Multiples vulnérabilités dans le noyau Linux de Debian", 20, null, Denial, Leak),
        Of("AVI", 1211, "Vulnérabilité dans BaseExemple", 19, null, "Élévation de privilèges"),
        Of("AVI", 1210, "Multiples vulnérabilités dans NavigateurExemple", 19, null, RemoteCode,
            "Contournement de la politique de sécurité"),
        Of("AVI", 1209, "Vulnérabilité dans BibliothequeExemple", 18, null, Denial),
    ];

    static Advisory Of(string type, int number, string title, int day, int? closed, params string[] risks)
    {
        string reference = $"CERTFR-2026-{type}-{(type == "ALE" ? $"{number:000}" : $"{number:0000}")}";
        return new()
        {
            Feed = "CertFr",
            Reference = reference,
            Type = type,
            Number = number,
            Title = title,
            Detail = DetailState.Full,
            Risks = risks,
            Url = $"https://www.cert.ssi.gouv.fr/{(type == "ALE" ? "alerte" : "avis")}/{reference}/",
            First = new(2026, 11, day),
            Last = new(2026, 11, day),
            Closed = closed is { } end ? new(2026, 11, end) : null,
        };
    }
}
