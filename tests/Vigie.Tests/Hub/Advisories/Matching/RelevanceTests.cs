using Vigie.Hub.Advisories.Matching;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories.Matching;

public sealed class RelevanceTests
{
    static bool Concerns(AliasTable aliases, string title, string source, string os = "debian", params (string, string)[] products) =>
        new Relevance(aliases).Of(new("CERTFR-2026-AVI-0001", title, new(2026, 1, 1), [], products))
            .Any(c => c.Holds(source, os, source == "linux" || source.StartsWith("linux-", StringComparison.Ordinal) || source == "kernel"));

    [Theory]
    [InlineData("Multiples vulnérabilités dans OpenSSL", "openssl")]
    [InlineData("[MàJ] Vulnérabilité dans  OpenSSL c_rehash (21 juin 2022)", "openssl")]
    [InlineData("Vulnérabilité dans Python 3", "python3.11")]
    [InlineData("Multiples vulnérabilités dans PHP", "php8.2")]
    [InlineData("Multiples vulnérabilités dans PostgreSQL", "postgresql-15")]
    [InlineData("Multiples vulnérabilités dans Oracle Java SE", "openjdk-17")]
    [InlineData("Multiples vulnérabilités dans Oracle Java SE", "java-17-openjdk")]
    [InlineData("Multiples vulnérabilités dans Mozilla Firefox et Thunderbird", "thunderbird")]
    [InlineData("Vulnérabilité dans Google Chrome", "chromium")]
    [InlineData("Multiples vulnérabilités dans le noyau Linux de Debian LTS", "linux-5.10")]
    [InlineData("Multiples vulnérabilités dans le noyau Linux", "linux")]
    [InlineData("Vulnérabilité dans needrestart", "needrestart")]
    [InlineData("Vulnérabilité dans XZ Utils", "xz-utils")]
    [InlineData("Multiples vulnérabilités dans Apache HTTP Server 2.4", "apache2")]
    [InlineData("Critical vulnerability in OpenSSH", "openssh")]
    [InlineData("Samba: Mehrere Schwachstellen", "samba")]
    [InlineData("Multiples vulnérabilités dans Debian", "cups")]
    public void A_title_names_the_package(string title, string source) => Assert.True(Concerns(AliasTable.Shipped, title, source));

    [Theory]
    [InlineData("Multiples vulnérabilités dans PostgreSQL Odyssey", "postgresql-13")]
    [InlineData("Vulnérabilité dans PostgreSQL pgAdmin", "postgresql-13")]
    [InlineData("Multiples vulnérabilités dans Oracle MySQL", "mariadb-10.3")]
    [InlineData("Multiples vulnérabilités dans Mozilla Firefox", "thunderbird")]
    [InlineData("Multiples vulnérabilités dans Mozilla Firefox", "nss")]
    [InlineData("Vulnérabilité dans Mozilla Firefox pour iOS", "firefox-esr")]
    [InlineData("Vulnérabilité dans Python 3", "python2.7")]
    [InlineData("Vulnérabilité dans Python 3", "php7.4")]
    [InlineData("Multiples vulnérabilités dans le noyau Linux d’Ubuntu", "linux")]
    [InlineData("Multiples vulnérabilités dans le noyau Linux de SUSE", "linux")]
    [InlineData("Multiples vulnérabilités dans le noyau Linux d'Ubuntu", "intel-microcode")]
    [InlineData("Vulnérabilité dans pkexec de PolicyKit sur SUSE", "policykit-1")]
    [InlineData("Multiples vulnérabilités dans Google Chrome OS", "chromium")]
    [InlineData("Multiples vulnérabilités dans IBM QRadar", "curl")]
    [InlineData("Vulnérabilité dans Docker Desktop", "docker.io")]
    [InlineData("Multiples vulnérabilités dans PHP", "php-guzzlehttp-psr7")]
    public void A_title_is_about_something_else(string title, string source) => Assert.False(Concerns(AliasTable.Shipped, title, source));

    [Fact]
    public void Another_distribution_is_its_own_hosts_business()
    {
        const string Title = "Multiples vulnérabilités dans le noyau Linux d'Ubuntu";
        Assert.True(Concerns(AliasTable.Shipped, Title, "linux-hwe-6.8", "ubuntu"));
        Assert.True(Concerns(AliasTable.Shipped, "Multiples vulnérabilités dans le noyau Linux de Red Hat", "kernel", "rhel"));
        Assert.False(Concerns(AliasTable.Shipped, "Multiples vulnérabilités dans Debian", "cups", "ubuntu"));
    }

    [Fact]
    public void When_a_title_names_a_maker_the_list_of_products_tells()
    {
        const string Title = "Multiples vulnérabilités dans les produits Mozilla";
        Assert.True(Concerns(AliasTable.Shipped, Title, "thunderbird", "debian", ("Mozilla", "Firefox"), ("Mozilla", "Thunderbird")));
        Assert.False(Concerns(AliasTable.Shipped, Title, "nss", "debian", ("Mozilla", "Firefox")));
        Assert.False(Concerns(AliasTable.Shipped, "Multiples vulnérabilités dans les produits IBM", "python3.11", "debian", ("IBM", "Python")));
        Assert.True(Concerns(AliasTable.Shipped, "Multiples vulnérabilités dans les produits Wireshark", "wireshark"));
    }

    [Fact]
    public void An_admin_adds_names_and_is_told_of_wrong_lines()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["aliases.tsv"], "# ours\nNotre Application\tappli-interne appli-#\nOpenSSL\topenssl-local\n");
        var table = AliasTable.With(folder["aliases.tsv"]);
        Assert.True(Concerns(table, "Vulnérabilité dans Notre Application 2", "appli-2"));
        Assert.False(Concerns(table, "Vulnérabilité dans Notre Application 2", "appli-3"));
        Assert.True(Concerns(table, "Vulnérabilité dans OpenSSL", "openssl-local"));
        Assert.False(Concerns(table, "Vulnérabilité dans OpenSSL", "openssl"));
        File.WriteAllText(folder["aliases.tsv"], "# ours\nnothing but a name\n");
        Assert.Contains("line 2", Assert.Throws<FormatException>(() => AliasTable.With(folder["aliases.tsv"])).Message);
    }
}
