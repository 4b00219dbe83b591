using System.IO.Pipelines;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Transfer;
using FaceAspire.Recognition.Caching;
using FaceAspire.Recognition.Galleries;
using FaceAspire.ServiceDefaults;
using FaceAspire.ServiceDefaults.Binding;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Net.Http.Headers;

namespace FaceAspire.Recognition;

/// <summary>The gallery module: who is known, and who a face may be. Needs the recognition module.</summary>
public static class GalleryModule
{
    // Lists and changes that compute nothing: many of them do not keep pictures out, nor the other way round.
    private const string CheapDoor = "galleries";
    private const string StreamDoor = "gallery-streams";

    private const int LineBuffer = 65_536; // most lines

    private const string NdJson = "application/x-ndjson";

    private static readonly string[] _lineTypes = [NdJson, "application/ndjson", "application/jsonl"];

    /// <summary>Adds the store and the use cases.</summary>
    public static IHostApplicationBuilder AddGalleries(this IHostApplicationBuilder builder)
    {
        builder.AddEnvironmentOptions<GalleryOptions>();
        builder.Services.AddFaceGallery();
        builder.AddGalleryUpkeep();
        builder.Services.AddSingleton<GalleryPlans>();
        builder.Services.AddSingleton<GalleryAudit>();
        builder.Services.AddSingleton<FaceFinder>();
        builder.Services.AddSingleton<SubjectSearcher>();
        builder.Services.AddSingleton<SubjectVerifier>();
        builder.Services.AddSingleton<FaceEnroller>();
        builder.Services.AddSingleton<GalleryViewer>();
        builder.Services.AddSingleton<GalleryEditor>();
        builder.Services.TryAddSingleton<GalleryExporter>();
        builder.Services.TryAddSingleton<GalleryImporter>();
        builder.Services.AddSingleton<GalleryTransfer>();
        return builder;
    }

    /// <summary>Maps <c>POST /api/v1/find</c> and everything under <c>/api/v1/galleries</c>.</summary>
    public static IEndpointRouteBuilder MapGalleries(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup("/api/v1").WithTags("Recognition").RequireAdmission()
            .MapPost("/find", FindAsync).WithName("Find").WithSummary("Finds the enrolled faces that are near those of an image");
        var computing = routes.MapGroup("/api/v1/galleries/{gallery}").WithTags("Galleries").RequireAdmission();
        computing.MapPost("/search", SearchAsync).WithName("Search").WithSummary("Says who the faces of an image may be");
        computing.MapPost("/subjects/{subject}/verify", VerifyAsync).WithName("VerifySubject").WithSummary("Says whether an image shows a subject");
        computing.MapPost("/subjects/{subject}/faces", EnrolAsync).WithName("Enrol").WithSummary("Enrols faces for a subject");
        MapEntries(routes.MapGroup("/api/v1").WithTags("Galleries").RequireAdmission(CheapDoor));

        // A large gallery takes longer than a request may: these two have no deadline. Whoever reads or sends too slowly is cut off by the server's least rates.
        var streams = routes.MapGroup("/api/v1/galleries/{gallery}").WithTags("Galleries").RequireAdmission(StreamDoor);
        streams.DisableRequestTimeout();
        streams.MapGet("/export", ExportAsync).WithName("Export").WithSummary("Writes a gallery as JSON lines");
        streams.MapPost("/import", ImportAsync).WithName("Import").WithSummary("Reads JSON lines into a gallery");
        return routes;
    }

    private static void MapEntries(RouteGroupBuilder api)
    {
        api.MapGet("/galleries", static async (GalleryViewer viewer, CancellationToken cancellationToken) =>
            new Answer<GalleriesResponse>(await viewer.ListGalleriesAsync(cancellationToken))).WithName("Galleries").WithSummary("Lists the galleries");
        api.MapGet("/galleries/{gallery}", static async (string gallery, GalleryViewer viewer, CancellationToken cancellationToken) =>
            new Answer<GalleryResponse>(await viewer.ShowGalleryAsync(gallery, cancellationToken))).WithName("Gallery").WithSummary("Shows a gallery");
        api.MapPut("/galleries/{gallery}", static async (string gallery, Caller caller, GalleryEditor editor, CancellationToken cancellationToken) =>
            new Answer<GalleryResponse>(await editor.CreateGalleryAsync(gallery, caller, cancellationToken))).WithName("CreateGallery").WithSummary("Makes an empty gallery, unless it is there");
        api.MapDelete("/galleries/{gallery}", static async (string gallery, Caller caller, GalleryEditor editor, CancellationToken cancellationToken) =>
            new Answer<DeletedResponse>(await editor.DeleteGalleryAsync(gallery, caller, cancellationToken))).WithName("DeleteGallery").WithSummary("Removes a gallery and everything in it");
        api.MapDelete("/galleries/{gallery}/spaces/{space}", static async (string gallery, string space, Caller caller, GalleryEditor editor, CancellationToken cancellationToken) =>
            new Answer<DeletedResponse>(await editor.DeleteSpaceAsync(gallery, space, caller, cancellationToken))).WithName("DeleteSpace").WithSummary("Removes the embeddings by a model that the gallery is not searched by");
        api.MapGet("/galleries/{gallery}/subjects", static async (string gallery, PageQuery page, GalleryViewer viewer, CancellationToken cancellationToken) =>
            new Answer<SubjectsResponse>(await viewer.ListSubjectsAsync(gallery, page, cancellationToken))).WithName("Subjects").WithSummary("Lists the subjects of a gallery");
        api.MapGet("/galleries/{gallery}/subjects/{subject}", static async (string gallery, string subject, GalleryViewer viewer, CancellationToken cancellationToken) =>
            new Answer<SubjectResponse>(await viewer.ShowSubjectAsync(gallery, subject, cancellationToken))).WithName("Subject").WithSummary("Shows a subject");
        api.MapPatch("/galleries/{gallery}/subjects/{subject}", ChangeSubjectAsync).WithName("ChangeSubject").WithSummary("Renames a subject, merges it into another, or sets its metadata");
        api.MapDelete("/galleries/{gallery}/subjects/{subject}", static async (string gallery, string subject, Caller caller, GalleryEditor editor, CancellationToken cancellationToken) =>
            new Answer<DeletedResponse>(await editor.DeleteSubjectAsync(gallery, subject, caller, cancellationToken))).WithName("DeleteSubject").WithSummary("Removes a subject and its faces");
        api.MapGet("/galleries/{gallery}/subjects/{subject}/faces", static async (string gallery, string subject, PageQuery page, GalleryViewer viewer, CancellationToken cancellationToken) =>
            new Answer<FacesResponse>(await viewer.ListFacesAsync(gallery, subject, page, cancellationToken))).WithName("Faces").WithSummary("Lists the faces of a subject");
        api.MapGet("/galleries/{gallery}/faces/{face}", static async (string gallery, string face, GalleryViewer viewer, CancellationToken cancellationToken) =>
            new Answer<FaceResponse>(await viewer.ShowFaceAsync(gallery, face, cancellationToken))).WithName("Face").WithSummary("Shows a face");
        api.MapGet("/galleries/{gallery}/faces/{face}/thumbnail", ShowThumbnailAsync).WithName("Thumbnail").WithSummary("Gives the picture of a face");
        api.MapDelete("/galleries/{gallery}/faces/{face}", static async (string gallery, string face, Caller caller, GalleryEditor editor, CancellationToken cancellationToken) =>
            new Answer<DeletedResponse>(await editor.DeleteFaceAsync(gallery, face, caller, cancellationToken))).WithName("DeleteFace").WithSummary("Removes a face");
    }

    private static async Task<Answer<FindResponse>> FindAsync(Bound<FindRequest> request, CacheUse use, Caller caller, FaceFinder finder, CancellationToken cancellationToken) =>
        new(await finder.FindAsync(request.Value, use, caller, cancellationToken));

    private static async Task<Answer<SearchResponse>> SearchAsync(
        string gallery, Bound<SearchRequest> request, CacheUse use, Caller caller, SubjectSearcher searcher, CancellationToken cancellationToken) =>
        new(await searcher.SearchAsync(gallery, request.Value, use, caller, cancellationToken));

    private static async Task<Answer<SubjectVerifyResponse>> VerifyAsync(
        string gallery, string subject, Bound<SubjectVerifyRequest> request, CacheUse use, Caller caller, SubjectVerifier verifier, CancellationToken cancellationToken) =>
        new(await verifier.VerifyAsync(gallery, subject, request.Value, use, caller, cancellationToken));

    private static async Task<Answer<EnrolResponse>> EnrolAsync(
        string gallery, string subject, Bound<EnrolRequest> request, Caller caller, FaceEnroller enroller, CancellationToken cancellationToken) =>
        new(await enroller.EnrolAsync(gallery, subject, request.Value, caller, cancellationToken));

    private static async Task<Answer<SubjectResponse>> ChangeSubjectAsync(
        string gallery, string subject, Bound<SubjectChangeRequest> change, Caller caller, GalleryEditor editor, CancellationToken cancellationToken) =>
        new(await editor.ChangeSubjectAsync(gallery, subject, change.Value, caller, cancellationToken));

    private static async Task<IResult> ShowThumbnailAsync(string gallery, string face, HttpContext context, GalleryViewer viewer, CancellationToken cancellationToken)
    {
        var thumbnail = await viewer.ShowThumbnailAsync(gallery, face, cancellationToken);
        context.Response.Headers.CacheControl = "private, no-store"; // a deleted face must not live on in somebody's cache
        return TypedResults.Bytes(thumbnail, "image/jpeg");
    }

    private static Task ExportAsync(string gallery, ExportQuery query, HttpContext context, GalleryTransfer transfer, CancellationToken cancellationToken)
    {
        context.Response.ContentType = NdJson;
        context.Response.Headers.CacheControl = "private, no-store";
        return transfer.ExportAsync(gallery, query.Export, context.Response.BodyWriter, cancellationToken);
    }

    private static async Task<Answer<ImportResponse>> ImportAsync(string gallery, HttpContext context, Caller caller, GalleryTransfer transfer, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !Array.Exists(_lineTypes, known => type.MediaType.Equals(known, StringComparison.OrdinalIgnoreCase)))
        {
            throw new FaceAspireException(ErrorCode.UnsupportedMediaType, $"Send {NdJson}.");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null; // each line has a bound, and no two are in memory for long
        }

        // A reader of our own: the server's would have to be left with nothing half read, also after a failure.
        var lines = PipeReader.Create(context.Request.Body, new StreamPipeReaderOptions(bufferSize: LineBuffer, leaveOpen: true));
        try
        {
            return new(await transfer.ImportAsync(gallery, lines, caller, cancellationToken));
        }
        finally
        {
            await lines.CompleteAsync();
        }
    }
}
