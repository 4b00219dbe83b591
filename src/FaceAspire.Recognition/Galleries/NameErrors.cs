using FaceAspire.Contracts.Errors;
using FaceAspire.Gallery;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Names of things that are to be made.</summary>
internal static class NameErrors
{
    /// <summary>Refuses names that a gallery or a subject cannot have, all of them at once.</summary>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ValidationError"/>.</exception>
    public static void ThrowIfInvalid(string gallery, params ReadOnlySpan<(string Field, string? Name)> subjects)
    {
        var errors = new List<FieldError>();
        if (!GalleryNames.IsGallery(gallery))
        {
            errors.Add(new("gallery", $"must be 1 to {GalleryNames.MaxGalleryLength} letters, digits, dots, dashes and underscores, without a dot in front"));
        }

        foreach (var (field, name) in subjects)
        {
            if (name is not null && !GalleryNames.IsSubject(name))
            {
                errors.Add(new(field, $"must be 1 to {GalleryNames.MaxSubjectLength} characters without slashes, percent and control characters, and without a space or dot at either end"));
            }
        }

        if (errors.Count > 0)
        {
            throw FaceAspireException.OfFields(errors);
        }
    }
}
