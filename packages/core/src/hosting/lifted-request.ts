import type { RawParams, RequestId, RpcRequest } from "../protocol/json-rpc.ts";
import { liftParams, type LiftedParams } from "../protocol/lift-params.ts";

/** What `dispatch` is to know of a request and the request itself tells, whatever it came on. */
export abstract class LiftedRequest {
  readonly method: string;
  readonly messageId: RequestId;
  protected readonly lifted: LiftedParams;

  constructor({ id, method, params }: RpcRequest) {
    this.method = method;
    this.messageId = id;
    this.lifted = liftParams(params);
  }

  get params(): RawParams {
    return this.lifted.params;
  }
  get meta(): RawParams {
    return this.lifted.meta;
  }
  get inputResponses(): RawParams | undefined {
    return this.lifted.inputResponses;
  }
  get requestState(): string | undefined {
    return this.lifted.requestState;
  }
}
