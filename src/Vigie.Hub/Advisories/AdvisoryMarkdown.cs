using System.Net;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Vigie.Hub.Advisories;

/// <summary>
/// Markdown of a CERT as HTML of ours: tags of its own are taken away, links go to the web only, pictures become links, so nothing of it runs and
/// nothing is loaded from elsewhere.
/// </summary>
static partial class AdvisoryMarkdown
{
    const int LowestHeading = 6;

    static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    public static string Html(string markdown)
    {
        string text = Tag().Replace(markdown, "");
        try
        {
            var document = Markdown.Parse(text, Pipeline);
            foreach (var heading in document.Descendants<HeadingBlock>())
                heading.Level = Math.Min(heading.Level + 1, LowestHeading); // below those of the page
            foreach (var link in document.Descendants<LinkInline>().ToList())
                Clean(link);
            foreach (var link in document.Descendants<AutolinkInline>().ToList())
                if (link.IsEmail || OutsideText.Link(link.Url) is null)
                    link.ReplaceBy(new LiteralInline(link.Url));
            return document.ToHtml(Pipeline);
        }
        catch (ArgumentException)
        {
            // Nested deeper than any text for people.
            return $"<pre class=\"wrapped\">{WebUtility.HtmlEncode(text)}</pre>";
        }
    }

    static void Clean(LinkInline link)
    {
        if (OutsideText.Link(link.GetDynamicUrl?.Invoke() ?? link.Url) is { } url)
            (link.Url, link.GetDynamicUrl, link.IsImage) = (url, null, false);
        else
            link.ReplaceBy(new ContainerInline());
    }

    [GeneratedRegex(@"</?[a-zA-Z][a-zA-Z0-9]*(\s[^<>]{0,500})?/?>", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Tag();
}
