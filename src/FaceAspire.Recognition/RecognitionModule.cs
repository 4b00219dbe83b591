using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.Extraction;
using FaceAspire.Gallery.Reading;
using FaceAspire.ModelHub;
using FaceAspire.Recognition.Caching;
using FaceAspire.ServiceDefaults;
using FaceAspire.ServiceDefaults.Binding;
using FaceAspire.Vision;
using FaceAspire.Vision.Inference;
using Microsoft.Extensions.Options;

namespace FaceAspire.Recognition;

/// <summary>The recognition module: faces to embeddings, and whether two of them are one person. Needs an <c>IFaceExtractor</c>, here or elsewhere.</summary>
public static class RecognitionModule
{
    /// <summary>Adds the use cases and what they need, except the extractor.</summary>
    public static IHostApplicationBuilder AddRecognition(this IHostApplicationBuilder builder)
    {
        builder.AddEnvironmentOptions<RecognitionOptions>();
        builder.Services.AddSingleton<IValidateOptions<RecognitionOptions>, RecognitionOptionsValidator>();
        builder.AddEnvironmentOptions<InferenceOptions>();
        builder.AddModels();
        builder.AddEnvironmentOptions<AttributeModelOptions>();
        builder.AddImageSource();
        builder.Services.AddVision();
        builder.Services.AddSingleton<RecognitionDefaults>();
        builder.Services.AddSingleton<RecognitionTelemetry>();
        builder.AddLiveness();
        builder.AddDescription();
        builder.AddEmbeddingCache();
        builder.Services.AddSingleton<FaceReader>();
        builder.Services.AddSingleton<FaceRepresenter>();
        builder.Services.AddSingleton<FaceVerifier>();
        builder.Services.AddSingleton<ModelList>();
        builder.Services.AddWarmup<FaceRepresenter>("recognition", static representer => representer.LoadDefault());
        return builder;
    }

    /// <summary>Maps <c>POST /api/v1/verify</c>, <c>/represent</c> and its alias <c>/embed</c>.</summary>
    public static IEndpointRouteBuilder MapRecognition(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Recognition").RequireAdmission();
        api.MapPost("/verify", VerifyAsync).WithName("Verify").WithSummary("Says whether two images show the same person");
        api.MapPost("/represent", RepresentAsync).WithName("Represent").WithSummary("Gives the embeddings of the faces of an image");
        api.MapPost("/embed", RepresentAsync).WithName("Embed").WithSummary("The same as represent");
        return routes;
    }

    /// <summary>Maps <c>GET /api/v1/models</c>.</summary>
    public static IEndpointRouteBuilder MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup("/api/v1").WithTags("Models")
            .MapGet("/models", static (ModelList models) => new Answer<ModelsResponse>(models.List())).WithName("Models").WithSummary("Lists the models and which of them are here");
        return routes;
    }

    private static async Task<Answer<VerifyResponse>> VerifyAsync(Bound<VerifyRequest> request, CacheUse use, FaceVerifier verifier, CancellationToken cancellationToken) =>
        new(await verifier.VerifyAsync(request.Value, use, cancellationToken));

    private static async Task<Answer<RepresentResponse>> RepresentAsync(Bound<RepresentRequest> request, CacheUse use, FaceRepresenter representer, CancellationToken cancellationToken) =>
        new(await representer.RepresentAsync(request.Value, use, cancellationToken));
}
