using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Cli.Evaluation.Pairs;

/// <summary>The largest face of a picture in every crop that some recogniser wants. Owns the crops.</summary>
internal sealed class FaceCrops : IDisposable
{
    private readonly List<ExtractedFaces> _owners = [];
    private readonly Dictionary<CropRecipe, PixelBuffer> _crops = [];

    /// <summary>Takes over what was extracted, at most one face, with its crops in the order of the recipes.</summary>
    public void Add(IReadOnlyList<CropRecipe> recipes, ExtractedFaces faces)
    {
        _owners.Add(faces);
        for (int i = 0; faces.Count > 0 && i < recipes.Count; i++)
        {
            _crops.Add(recipes[i], faces[0].Crops[i]);
        }
    }

    /// <summary>A crop; null when no face was found for it. Stays this object's.</summary>
    public PixelBuffer? Of(CropRecipe recipe) => _crops.GetValueOrDefault(recipe);

    public void Dispose() => _owners.ForEach(static faces => faces.Dispose());
}
