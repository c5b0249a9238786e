"""What any generation of main.py must do, so that the rest can train, judge and serve its model."""

import main
import numpy as np


def test_the_model_answers_each_patient_with_yes_or_no():
    model = main.build_model(["PlasmaGlucose", "BMI"])
    model.fit(np.array([[90.0, 20.0], [170.0, 35.0], [95.0, 22.0], [160.0, 33.0]]), [0, 1, 0, 1])
    answers = model.predict([[92.0, 21.0], [165.0, 34.0], [130.0, 28.0]])
    assert len(answers) == 3 and set(answers) <= {0, 1}
