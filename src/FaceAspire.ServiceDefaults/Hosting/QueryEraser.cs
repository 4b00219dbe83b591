using System.Diagnostics;
using OpenTelemetry;

namespace FaceAspire.ServiceDefaults.Hosting;

/// <summary>Takes the query out of every URL in a span: of a signed address the query is the secret. OpenTelemetry's own redaction is off where Aspire's dashboard runs.</summary>
internal sealed class QueryEraser : BaseProcessor<Activity>
{
    private const string FullUrl = "url.full";
    private const string Query = "url.query";

    public override void OnEnd(Activity data)
    {
        if (data.GetTagItem(FullUrl) is string url && url.IndexOf('?', StringComparison.Ordinal) is >= 0 and var start)
        {
            data.SetTag(FullUrl, url[..start]);
        }

        if (data.GetTagItem(Query) is not null)
        {
            data.SetTag(Query, null);
        }
    }
}
