using System.Buffers;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.ServiceDefaults;
using FaceAspire.ServiceDefaults.Images;
using FaceAspire.Vision.Extraction;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FaceAspire.Extraction;

/// <summary>Extraction between processes: <see cref="IFaceExtractor"/> over HTTP, both ends of it.</summary>
public static class ExtractionModule
{
    /// <summary>Name of the service that extracts, as service discovery knows it.</summary>
    internal const string ServiceName = "detection";

    /// <summary>Where it answers. Not part of the public API: the gateway has no route to it.</summary>
    internal const string Path = "/internal/v1/faces";

    // A verify that another service let in asks for the faces of both its pictures at once.
    private const int MostPictures = 2;

    /// <summary>Adds the detection service as this process's <see cref="IFaceExtractor"/>.</summary>
    public static IHostApplicationBuilder AddRemoteExtraction(this IHostApplicationBuilder builder)
    {
        builder.AddServiceClient(ServiceName);
        builder.Services.AddSingleton<IFaceExtractor, RemoteFaceExtractor>();
        return builder;
    }

    /// <summary>Lets other services use this process's <see cref="IFaceExtractor"/>: the encoded picture as body, what is wanted in the query, faces with raw crops as answer.</summary>
    public static IEndpointRouteBuilder MapFaceExtraction(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, AnswerAsync).RequireAdmission(door: "faces", MostPictures).ExcludeFromDescription();
        return routes;
    }

    private static async Task AnswerAsync(HttpContext context, IFaceExtractor extractor, ApiNames names, IOptions<ImageOptions> limits)
    {
        var cancellationToken = context.RequestAborted;
        var options = ExtractionQuery.Parse(context.Request.Query, names);
        int limit = limits.Value.MaxImageBytes;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit + 1L; // we count ourselves, and say it better
        }

        var read = await BoundedRead.ReadAsync(context.Request.Body, limit, context.Request.ContentLength, cancellationToken)
            ?? throw new FaceAspireException(ErrorCode.ImageTooLarge, $"the image has more than {limit} bytes.");
        try
        {
            using var faces = await extractor.ExtractAsync(read.Rented.AsMemory(0, read.Length), options, cancellationToken);
            context.Response.ContentType = FaceStream.ContentType;
            context.Response.ContentLength = FaceStream.LengthOf(faces);
            await FaceStream.WriteAsync(context.Response.BodyWriter, faces, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(read.Rented);
        }
    }
}
