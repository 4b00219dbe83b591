using FaceAspire.Contracts.Errors;
using FaceAspire.Gallery.Transfer;

namespace FaceAspire.Recognition.Galleries;

/// <summary>What an export is to tell of each face: <c>include</c> of its query.</summary>
/// <param name="Export">The same in the exporter's terms.</param>
internal sealed record ExportQuery(GalleryExport Export)
{
    private const string Thumbnails = "thumbnails";
    private const string Embeddings = "embeddings";

    /// <summary>Called by minimal APIs for handlers' parameters.</summary>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ValidationError"/>.</exception>
    public static ValueTask<ExportQuery> BindAsync(HttpContext context)
    {
        if (!context.Request.Query.TryGetValue("include", out var sent))
        {
            return new(new ExportQuery(new GalleryExport()));
        }

        string[] parts = sent.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Array.TrueForAll(parts, static part => part is Thumbnails or Embeddings)
            ? new(new ExportQuery(new GalleryExport { Thumbnails = parts.Contains(Thumbnails), Embeddings = parts.Contains(Embeddings) }))
            : throw FaceAspireException.OfField("include", $"must be {Thumbnails}, {Embeddings}, both with a comma between them, or empty");
    }
}
