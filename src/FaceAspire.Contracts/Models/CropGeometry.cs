namespace FaceAspire.Contracts.Models;

/// <summary>How a face becomes a crop of fixed size.</summary>
public enum CropGeometry
{
    /// <summary>DeepFace's: the picture padded before detection, the expanded box rotated to a level eye line, resized with black padding.</summary>
    Eyes,

    /// <summary>Similarity transform of the five landmarks to the ArcFace template (its 112×96 form is SphereFace's).</summary>
    FivePoint,

    /// <summary>Similarity transform of the five landmarks to the face chip of dlib (padding 0.25).</summary>
    Dlib,

    /// <summary>Upright square around the box, with a margin.</summary>
    Square,

    /// <summary>The box enlarged about its middle and shifted, not cut, to lie inside the picture; stretched. As Silent-Face-Anti-Spoofing does.</summary>
    Surroundings,

    /// <summary>The box with a margin, cut where the picture ends, stretched. As davidsandberg/facenet's <c>align_dataset_mtcnn</c> does.</summary>
    Box,

    /// <summary>Affine transform of the two eyes and the nose to OpenFace's mean face.</summary>
    EyesAndNose,
}
