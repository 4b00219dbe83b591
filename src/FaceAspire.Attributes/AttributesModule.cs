using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.Extraction;
using FaceAspire.ModelHub;
using FaceAspire.ServiceDefaults;
using FaceAspire.ServiceDefaults.Binding;
using FaceAspire.Vision;
using FaceAspire.Vision.Inference;
using Microsoft.Extensions.Options;

namespace FaceAspire.Attributes;

/// <summary>The attributes module: apparent age, gender, emotion and race of faces. Needs an <c>IFaceExtractor</c>, here or elsewhere.</summary>
public static class AttributesModule
{
    /// <summary>Adds the use case and what it needs, except the extractor.</summary>
    public static IHostApplicationBuilder AddAttributes(this IHostApplicationBuilder builder)
    {
        builder.AddEnvironmentOptions<AttributesOptions>();
        builder.Services.AddSingleton<IValidateOptions<AttributesOptions>, AttributesOptionsValidator>();
        builder.AddEnvironmentOptions<InferenceOptions>();
        builder.AddModels();
        builder.AddEnvironmentOptions<AttributeModelOptions>();
        builder.AddImageSource();
        builder.Services.AddVision();
        builder.AddLiveness();
        builder.AddDescription();
        builder.Services.AddSingleton<AttributeModels>();
        builder.Services.AddSingleton<FaceAnalyzer>();
        builder.Services.AddWarmup<AttributeModels>("attributes", static models => models.Load());
        return builder;
    }

    /// <summary>Maps <c>POST /api/v1/analyze</c>.</summary>
    public static IEndpointRouteBuilder MapAttributes(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Attributes").RequireAdmission();
        api.MapPost("/analyze", AnalyzeAsync).WithName("Analyze").WithSummary("Tells age, gender, emotion and race of the faces of an image");
        return routes;
    }

    private static async Task<Answer<AnalyzeResponse>> AnalyzeAsync(Bound<AnalyzeRequest> request, FaceAnalyzer analyzer, CancellationToken cancellationToken) =>
        new(await analyzer.AnalyzeAsync(request.Value, cancellationToken));
}
