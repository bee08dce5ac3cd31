# The workflow and all it needs for the default model, weights included: no network when it runs.
#   docker build --tag visage-ml .
#   docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/work" visage-ml
#       the demo (needs network): photographs and results come to this folder, and are yours
# For your own photographs: compose.yaml. For the models that run on TensorFlow, an image of its own:
#   docker build --build-arg LOCK=tensorflow --tag visage-ml:tensorflow .
FROM python:3.12-bookworm AS packages
ARG LOCK=scores
COPY envs/locks/build.txt envs/locks/$LOCK.txt /tmp/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement /tmp/build.txt \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --no-deps --no-build-isolation \
        --requirement /tmp/$LOCK.txt

FROM python:3.12-slim-bookworm
COPY --from=packages /opt/venv /opt/venv
# Whoever runs it needs no account in it: Snakemake asks for a name, which USER gives.
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/opt/visage-ml/scripts HOME=/tmp USER=visage \
    PYTHONDONTWRITEBYTECODE=1
COPY . /opt/visage-ml
# The weights are checked against their SHA-256 here, and again whenever they are loaded. Those of
# another model go where the user may write: --config model=NAME weights=/work/weights
RUN cd /tmp && snakemake --snakefile /opt/visage-ml/Snakefile --cores 1 \
        --config results=/tmp/results -- \
        /opt/visage-ml/weights/face_recognition_sface_2021dec_float32.onnx \
        /opt/visage-ml/weights/face_detection_yunet_2023mar_float32.onnx \
    && rm -rf /tmp/results /tmp/.snakemake /tmp/.cache \
    && mkdir --mode=1777 /work
WORKDIR /work
USER 1000:1000
ENTRYPOINT ["snakemake", "--snakefile", "/opt/visage-ml/Snakefile", "--cores", "all"]
CMD ["results/scores.tsv", "results/report.html"]
