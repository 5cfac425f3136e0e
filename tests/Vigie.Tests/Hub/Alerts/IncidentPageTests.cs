using System.Net;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.OtlpRequests;

namespace Vigie.Tests.Hub.Alerts;

/// <summary>Who says that he knows of an incident: on its page, and by the link in a mail.</summary>
public sealed class IncidentPageTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static string Link(string text) => text[text.IndexOf("/incidents/link/", StringComparison.Ordinal)..].Split('\n')[0].Trim();

    static async Task<AlertStage> FiringAsync()
    {
        var stage = await AlertStage.StartAsync();
        await stage.RunAsync(TimeSpan.FromMinutes(2), "db1", Disk(1.0, "<b>"));
        return stage;
    }

    static async Task<string> PostAsync(HttpClient client, string path, string handler, params (string, string)[] fields)
    {
        string page = await client.GetStringAsync(path, Ct);
        var values = fields.ToDictionary(f => f.Item1, f => f.Item2, StringComparer.Ordinal);
        values["_handler"] = handler;
        values["form-token"] = page.Split("name=\"form-token\" value=\"")[1].Split('"')[0];
        using var form = new FormUrlEncodedContent(values);
        var answer = await client.PostAsync(path, form, Ct);
        Assert.True(answer.IsSuccessStatusCode, answer.StatusCode.ToString());
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Ct));
    }

    static Incident Incident(AlertStage stage) => Assert.Single(stage.Hub.Get<IncidentStore>().Open());

    [Fact]
    public async Task A_person_acknowledges_notes_and_takes_it_back()
    {
        await using var stage = await FiringAsync();
        using var person = await stage.Hub.PersonAsync();
        string alerts = await person.GetStringAsync("/alerts", Ct);
        Assert.Contains("db1: A disk is full", alerts, StringComparison.Ordinal);
        string path = $"/incidents/{Incident(stage).Id}";
        Assert.DoesNotContain("<b>", await person.GetStringAsync(path, Ct), StringComparison.Ordinal);
        string acknowledged = await PostAsync(person, path, "acknowledge", ("Note", "on my way"), ("Hours", "4"));
        Assert.Contains("has acknowledged it on", acknowledged, StringComparison.Ordinal);
        Assert.Equal(("on my way", stage.Now.AddHours(4)), (Incident(stage).Acknowledged!.Note, Incident(stage).Acknowledged!.Until!.Value));
        Assert.Contains("the fan is broken", await PostAsync(person, path, "note", ("Note", "the fan is broken")), StringComparison.Ordinal);
        Assert.DoesNotContain("has acknowledged it on", await PostAsync(person, path, "withdraw"), StringComparison.Ordinal);
        Assert.Null(Incident(stage).Acknowledged);
        Assert.Equal(HttpStatusCode.NotFound, (await person.GetAsync("/incidents/999", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await person.GetAsync("/incidents/x", Ct)).StatusCode);
    }

    [Fact]
    public async Task The_link_in_the_mail_acknowledges_without_a_login_but_only_by_its_button()
    {
        await using var stage = await FiringAsync();
        string link = Link(Assert.Single(stage.Smtp.Mails()).TextBody!);
        Assert.Contains(link, stage.Smtp.Mails()[0].HtmlBody!, StringComparison.Ordinal);
        using var anybody = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = stage.Hub.Address };
        for (int i = 0; i < 2; i++)
            Assert.Contains("A disk is full", await anybody.GetStringAsync(link, Ct), StringComparison.Ordinal);
        Assert.Null(Incident(stage).Acknowledged); // whoever only looks changes nothing
        string page = await PostAsync(anybody, link, "acknowledge", ("By", "Ada <ada>"), ("Hours", "0"));
        Assert.Contains("Ada <ada> (by the link in the mail) has acknowledged it", page, StringComparison.Ordinal);
        Assert.NotNull(Incident(stage).Acknowledged);
        Assert.Equal(HttpStatusCode.Unauthorized, (await (await stage.Hub.ClientAsync()).GetAsync($"/incidents/{Incident(stage).Id}", Ct)).StatusCode);
    }

    [Fact]
    public async Task A_link_of_another_hub_or_one_that_was_changed_or_is_over_does_nothing()
    {
        await using var stage = await FiringAsync();
        using var anybody = await stage.Hub.ClientAsync();
        string link = Link(Assert.Single(stage.Smtp.Mails()).TextBody!);
        char last = link[^5];
        string changed = string.Concat(link.AsSpan(0, link.Length - 5), last == 'A' ? "B" : "A", link.AsSpan(link.Length - 4));
        foreach (string other in (string[])[changed, "/incidents/link/1", "/incidents/link/CfDJ8"])
            Assert.Contains("This link is not good any more", await anybody.GetStringAsync(other, Ct), StringComparison.Ordinal);
        await stage.RunAsync(TimeSpan.FromMinutes(2), "db1", Disk(0.1, "<b>"));
        Assert.Contains("It was over on", await anybody.GetStringAsync(link, Ct), StringComparison.Ordinal);
        Assert.DoesNotContain("incidents/link", stage.Smtp.Mails()[1].TextBody!, StringComparison.Ordinal);
    }
}
